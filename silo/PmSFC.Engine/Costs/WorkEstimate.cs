namespace PmSFC.Engine.Costs;

/// <summary>What a batch takes.</summary>
/// <param name="Bytes">
/// Most bytes that tensors hold at one time, weights included: what a device's allocator has given out and not got back. The allocator takes more from
/// the system, since it keeps freed blocks, and the libraries have their own footprint; a device's capacity leaves room for both.
/// </param>
/// <param name="MultiplyAddsPerIteration">Forward and backward.</param>
public readonly record struct WorkEstimate(long Bytes, double MultiplyAddsPerIteration)
{
    private const int ElementSize = sizeof(float);
    private const int CopiesOfParameters = 3;

    /// <summary>
    /// An optimization by Adam in single precision: the parameters with both moments, and of the most that the passes hold and the gradients what is more,
    /// since gradients come as maps go.
    /// </summary>
    /// <param name="kept">Numbers that stay where they are: frozen weights, targets, running means.</param>
    /// <param name="parameters">Numbers that are optimized.</param>
    /// <param name="peak">Most numbers that the passes hold at one time.</param>
    /// <param name="multiplyAdds">Of an iteration, forward and backward.</param>
    public static WorkEstimate OfOptimization(double kept, double parameters, double peak, double multiplyAdds) =>
        new((long)(ElementSize * (kept + CopiesOfParameters * parameters + Math.Max(parameters, peak))), multiplyAdds);
}
