using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>The layers that the engine's networks are made of.</summary>
internal static class NetworkLayers
{
    private const int LargestSmallImage = 20480;

    private static readonly Scalar Slope = 0.2;
    private static readonly Scalar Epsilon = 1e-8;
    private static readonly long[] ChannelDimension = [1];
    private static readonly long[] Repeated = [2, -1, -1, -1];
    private static readonly long[] SamePadding = [1, 1];
    private static readonly long[] NoPadding = [0, 0];
    private static readonly long[] EveryPixel = [1, 1];
    private static readonly double[] Twice = [2, 2];

    /// <summary>x / √(mean over channels of x² + 1e-8).</summary>
    public static Tensor PixelNorm(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (x * x.Squared().mean(ChannelDimension, keepdim: true).AddInPlace(Epsilon).rsqrt_()).MoveToOuterDisposeScope();
    }

    public static Tensor Activate(Tensor x) => x.leaky_relu_(Slope);

    public static Tensor Upsample(Tensor x) => nn.functional.upsample_nearest2d(x, scaleFactors: Twice);

    /// <summary>A convolution of stride 1 whose maps keep their size.</summary>
    /// <remarks>
    /// libtorch keeps one small image from oneDNN and asks NNPACK, which on many CPUs prints a line at every call and then computes slowly; a
    /// batch of two is not affected.
    /// </remarks>
    /// <param name="x">[N, input, h, w].</param>
    /// <param name="weight">[output, input, size, size], size 1 or 3, as <see cref="ToTensor"/> lays it out.</param>
    /// <param name="bias">[output].</param>
    public static Tensor Convolve(Tensor x, Tensor weight, Tensor bias) =>
        Convolve(x, weight, bias, EveryPixel, weight.shape[2] == 1 ? NoPadding : SamePadding);

    /// <summary>A 3×3 convolution whose maps keep their size, or halve it.</summary>
    /// <param name="x">[N, input, h, w].</param>
    /// <param name="weight">[output, input, 3, 3] with channels innermost, see <see cref="ChannelsLast"/>.</param>
    /// <param name="bias">[output].</param>
    /// <param name="stride">1, or 2 for maps of half the size.</param>
    public static Tensor Convolve(Tensor x, Tensor weight, Tensor bias, int stride) =>
        Convolve(x, weight, bias, [stride, stride], SamePadding);

    /// <summary>A convolution that stays inside its maps.</summary>
    /// <param name="x">[N, input, h, w].</param>
    /// <param name="weight">[output, input, size, size] with channels innermost, see <see cref="ChannelsLast"/>.</param>
    /// <param name="bias">[output].</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    public static Tensor ConvolveInside(Tensor x, Tensor weight, Tensor bias, int stride) =>
        Convolve(x, weight, bias, [stride, stride], NoPadding);

    /// <summary>A convolution of any stride, padding and dilation (1 without); its weight as <see cref="ChannelsLast"/> lays it out.</summary>
    public static Tensor Convolve(Tensor x, Tensor weight, Tensor bias, long[] strides, long[] padding, long[]? dilation = null)
    {
        if (x.device_type != DeviceType.CPU)
            return nn.functional.conv2d(x, weight, bias, strides, padding, dilation);
        if (weight.shape is [_, _, 1, 1] && strides is [1, 1] && padding is [0, 0])
            return Mix(x, weight, bias);
        return x.shape[0] == 1 && x.numel() <= LargestSmallImage
            ? nn.functional.conv2d(x.expand(Repeated), weight, bias, strides, padding, dilation).narrow(0, 0, 1)
            : nn.functional.conv2d(x, weight, bias, strides, padding, dilation);
    }

    public static Tensor ToTensor(LayerWeights layer, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var weight = tensor(layer.Weight, dtype: dtype).Multiply(layer.Scale).reshape([.. layer.Shape]).to(device);
        return ChannelsLast(weight).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The same numbers laid out with the channels innermost. A convolution takes its layout from its weight; in the other one oneDNN 3.7.1,
    /// which libtorch 2.10 is built with, gives wrong maps and gradients on AVX2 and AVX-512 CPUs where channels are no multiple of 16.
    /// </summary>
    /// <param name="weight">[output, input, height, width].</param>
    public static Tensor ChannelsLast(Tensor weight) => weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>
    /// A 1×1 convolution as the matrix product that it is: whatever its layout, oneDNN 3.7.1 gives wrong maps and gradients of it where output
    /// channels are 8 more than a multiple of 32 and an AVX-512 CPU reads maps with the channels innermost.
    /// </summary>
    private static Tensor Mix(Tensor x, Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        return nn
            .functional.linear(x.permute(0, 2, 3, 1), weight.reshape(weight.shape[0], weight.shape[1]), bias)
            .permute(0, 3, 1, 2)
            .MoveToOuterDisposeScope();
    }
}
