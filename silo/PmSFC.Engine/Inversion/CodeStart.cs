using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>Where searches begin: z ~ N(0, I).</summary>
internal static class CodeStart
{
    /// <summary>
    /// Draws each image's codes from its own seed, in single precision on the CPU, so that they depend neither on the batch nor on the device.
    /// </summary>
    /// <returns>[B, …<paramref name="shape"/>].</returns>
    public static Tensor Draw(IReadOnlyList<long> seeds, IReadOnlyList<long> shape, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var codes = seeds.Select(seed => Draw(seed, shape)).ToArray();
        return stack(codes).to(dtype, device).MoveToOuterDisposeScope();
    }

    private static Tensor Draw(long seed, IReadOnlyList<long> shape)
    {
        using var random = new TorchSharp.torch.Generator(unchecked((ulong)seed), CPU);
        return randn([.. shape], dtype: ScalarType.Float32, device: CPU, generator: random);
    }
}
