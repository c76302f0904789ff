using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>
/// A generator that maps a code to a style w first, and draws the image by styles alone: one for all its parts, or one for each of its
/// <see cref="GeneratorArchitecture.StylePlaces"/> ("W+"). Part i of the network, from 0, is block i; the RGB image after l blocks has place l.
/// </summary>
public interface IStyledGenerator : IGenerator
{
    /// <summary>The styles of codes; differentiable.</summary>
    /// <param name="z">[N, latent].</param>
    /// <returns>[N, S].</returns>
    Tensor Styles(Tensor z);

    /// <summary>The mean of styles over codes, as its file has it, or else over 10 000 codes that are always the same.</summary>
    /// <returns>[S]; owned by the generator.</returns>
    Tensor MeanStyle { get; }

    /// <summary>The square root of the mean squared distance of styles from their mean, over 10 000 codes that are always the same.</summary>
    double StyleSpread { get; }

    /// <summary>Width and height of each block's noise, pixels; empty where its file says of none how strong it is.</summary>
    IReadOnlyList<int> NoiseSides { get; }

    /// <summary>Images of styles with noise of their own; differentiable in both.</summary>
    /// <param name="styles">[N, S], or [N, P, S].</param>
    /// <param name="noises">For each of <see cref="NoiseSides"/> [N, 1, side, side].</param>
    /// <returns>[N, 3, H, W].</returns>
    Tensor Draw(Tensor styles, IReadOnlyList<Tensor> noises);

    /// <summary>Names and sizes of the weights that an image can have of its own: all that come after the styles and take part in drawing.</summary>
    IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> OwnWeights { get; }

    /// <summary>Images of styles by weights that are moved, for each image in its own way; differentiable in both.</summary>
    /// <param name="styles">[N, S], or [N, P, S].</param>
    /// <param name="changes">For each of <see cref="OwnWeights"/> [N, …shape]: what is added to the weight as it is stored.</param>
    /// <returns>[N, 3, H, W].</returns>
    Tensor DrawMoved(Tensor styles, IReadOnlyList<Tensor> changes);

    /// <summary>Features at a cut without the RGB image of the blocks before it: the image begins after the cut.</summary>
    /// <param name="features">Those at any cut.</param>
    SplitFeatures WithoutImage(SplitFeatures features);

    /// <summary>Features at a cut whose upper half has styles of its own; maps alone are features without an RGB image.</summary>
    /// <param name="features">Those after <paramref name="split"/> blocks.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="styles">[N, P − l, S]: of the places from l on.</param>
    SplitFeatures WithUpperStyles(SplitFeatures features, int split, Tensor styles);

    /// <summary>
    /// The generator without its mapping: what it takes as codes are styles, [N, S], or [N, P, S] with one for each place. Its architecture is
    /// <see cref="GeneratorArchitecture.Synthesis"/>; disposed with this generator.
    /// </summary>
    IGenerator Synthesis { get; }
}
