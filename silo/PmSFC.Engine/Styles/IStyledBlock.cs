using static TorchSharp.torch;

namespace PmSFC.Engine.Styles;

/// <summary>A block on a device whose maps a style acts on. What it gives is owned by the caller's dispose scope.</summary>
internal interface IStyledBlock : IDisposable
{
    /// <summary>The block's maps.</summary>
    /// <param name="x">[N, I, h, w]; <see langword="null"/> for the first block, which has a constant.</param>
    /// <param name="style">w, [N, S].</param>
    /// <param name="noise">[N, 1, h, w] of the maps that it gives; <see langword="null"/> for its own.</param>
    /// <returns>[N, O, h, w], or twice as large.</returns>
    Tensor Forward(Tensor? x, Tensor style, Tensor? noise = null);

    /// <summary>The maps by weights that are moved, for each image in its own way.</summary>
    /// <param name="x">[N, I, h, w]; <see langword="null"/> for the first block.</param>
    /// <param name="style">w, [N, S].</param>
    /// <param name="moves">What is added to each of the block's weights as it is stored, [N, …].</param>
    /// <returns>As <see cref="Forward(Tensor?, Tensor, Tensor?)"/>.</returns>
    Tensor Forward(Tensor? x, Tensor style, Func<Part, Tensor> moves);

    /// <summary>The block with some of its output channels alone, which depend on no other channel of it.</summary>
    /// <param name="channels">Their numbers.</param>
    /// <returns>Disposed by the caller.</returns>
    IStyledBlock Restrict(IEnumerable<int> channels);
}
