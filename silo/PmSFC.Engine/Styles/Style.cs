using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Styles;

/// <summary>How a style acts on maps.</summary>
internal static class Style
{
    /// <summary>A stored matrix from styles to scales, as a product with rows of styles needs it.</summary>
    /// <param name="stored">[channels, S], unscaled.</param>
    /// <returns>[S, channels].</returns>
    public static Tensor Matrix(Tensor stored) => stored.t().Multiply(1 / Math.Sqrt(stored.shape[1])).contiguous();

    /// <summary>The scales of styles by a matrix and a bias that are moved, for each image in its own way.</summary>
    /// <param name="styles">[N, S].</param>
    /// <param name="matrix">[S, channels], as of <see cref="Matrix"/>.</param>
    /// <param name="bias">[channels].</param>
    /// <param name="matrixMoves">[N, channels, S], added to what is stored.</param>
    /// <param name="biasMoves">[N, channels].</param>
    /// <returns>[N, channels].</returns>
    public static Tensor Moved(Tensor styles, Tensor matrix, Tensor bias, Tensor matrixMoves, Tensor biasMoves)
    {
        var moved = matrixMoves.bmm(styles.unsqueeze(-1)).squeeze(-1).Multiply(1 / Math.Sqrt(styles.shape[1]));
        return styles.mm(matrix).AddInPlace(bias).AddInPlace(moved).AddInPlace(biasMoves);
    }

    /// <summary>One number a channel, for every pixel.</summary>
    /// <param name="scales">[N, channels].</param>
    /// <returns>[N, channels, 1, 1].</returns>
    public static Tensor OverPixels(Tensor scales) => scales.unsqueeze(-1).unsqueeze(-1);
}
