using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>The layers that PGGAN's two networks are made of.</summary>
internal static class BlockOperations
{
    private static readonly Scalar Slope = 0.2;
    private static readonly Scalar Epsilon = 1e-8;
    private static readonly long[] ChannelDimension = [1];
    private static readonly long[] SamePadding = [1, 1];
    private static readonly double[] Twice = [2, 2];

    /// <summary>x / √(mean over channels of x² + 1e-8).</summary>
    public static Tensor PixelNorm(Tensor x) => x * x.square().mean(ChannelDimension, keepdim: true).add_(Epsilon).rsqrt_();

    public static Tensor Activate(Tensor x) => x.leaky_relu_(Slope);

    public static Tensor Upsample(Tensor x) => nn.functional.upsample_nearest2d(x, scaleFactors: Twice);

    public static Tensor Convolve3(Tensor x, Tensor weight, Tensor bias) => nn.functional.conv2d(x, weight, bias, padding: SamePadding);

    public static Tensor ToTensor(LayerWeights layer, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        return tensor(layer.Weight, dtype: dtype).mul_(layer.Scale).reshape([.. layer.Shape]).to(device).MoveToOuterDisposeScope();
    }
}
