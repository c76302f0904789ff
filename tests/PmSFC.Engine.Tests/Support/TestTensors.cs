using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Support;

internal static class TestTensors
{
    public static Tensor Normal(long seed, params long[] shape)
    {
        using var random = new torch.Generator((ulong)seed, CPU);
        return randn(shape, generator: random);
    }

    public static float Difference(Tensor a, Tensor b) => (a - b).abs().max().to(ScalarType.Float32).item<float>();

    public static float MeanDifference(Tensor a, Tensor b) => (a - b).abs().mean().to(ScalarType.Float32).item<float>();

    public static float[] Floats(Tensor tensor) => tensor.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
