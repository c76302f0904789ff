using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>Numbers of N(0, 1).</summary>
internal static class NormalNumbers
{
    /// <summary>Draws numbers that the seed and the draw's number determine, on the CPU so that every kind of device sees the same.</summary>
    /// <param name="seed">Equal seeds give equal numbers.</param>
    /// <param name="draw">The draw, such as an iteration: each has numbers of its own.</param>
    /// <param name="shape">Sizes of what is drawn.</param>
    /// <returns>In single precision; owned by the caller's dispose scope.</returns>
    public static Tensor Draw(long seed, long draw, params long[] shape)
    {
        using var random = new torch.Generator((ulong)SplitMix64.Derive(seed, draw), CPU);
        return randn(shape, dtype: ScalarType.Float32, device: CPU, generator: random);
    }
}
