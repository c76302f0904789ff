using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>How a style acts on maps.</summary>
internal static class Style
{
    /// <summary>A stored matrix from styles to scales, as a product with rows of styles needs it.</summary>
    /// <param name="stored">[channels, S], unscaled.</param>
    /// <returns>[S, channels].</returns>
    public static Tensor Matrix(Tensor stored) => stored.t().Multiply(1 / Math.Sqrt(stored.shape[1])).contiguous();

    /// <summary>One number a channel, for every pixel.</summary>
    /// <param name="scales">[N, channels].</param>
    /// <returns>[N, channels, 1, 1].</returns>
    public static Tensor OverPixels(Tensor scales) => scales.unsqueeze(-1).unsqueeze(-1);
}
