using PmSFC.Engine.Analyses;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using PmSFC.Imaging;

namespace PmSFC.Silo.Analyses;

/// <summary>
/// The swap of single subspaces (Fig. 4 of the paper): a row for each image with its target, its inversion, and its inversion with the channels of
/// subspace 0 to R − 1 taken from the other image.
/// </summary>
public sealed class SwapAnalysis : IPairAnalysis
{
    /// <inheritdoc/>
    public string Name => "swap";

    /// <inheritdoc/>
    public string Needs => "composes features in subspaces";

    /// <inheritdoc/>
    public string Legend =>
        "A row for each image: the target, its inversion, then its inversion with each subspace in turn taken from the other image.";

    /// <inheritdoc/>
    public bool Fits(IFeatureComposingMethod method) => method.UsesSubspaces;

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<RgbImage>> Draw(InvertedPair pair)
    {
        return [Row(pair.TargetA, pair.A, pair.B), Row(pair.TargetB, pair.B, pair.A)];

        IReadOnlyList<RgbImage> Row(RgbImage target, SplitFeatures own, SplitFeatures other)
        {
            using var inversion = FeatureImages.Of(pair.Generator, pair.Split, own);
            using var swapped = FeatureSwap.Images(pair.Generator, pair.Split, own, other, pair.Partition!);
            return [target, .. ImageTensors.FromTensor(inversion), .. ImageTensors.FromTensor(swapped)];
        }
    }
}
