using PmSFC.Engine.Analyses;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using PmSFC.Imaging;

namespace PmSFC.Silo.Analyses;

/// <summary>The straight way between two images' composed maps (Fig. 6 of the paper): one row, with the targets at its ends.</summary>
/// <param name="steps">Points on the way, from the first inversion to the second; at least 2.</param>
public sealed class InterpolationAnalysis(int steps) : IPairAnalysis
{
    /// <inheritdoc/>
    public string Name => "interpolate";

    /// <inheritdoc/>
    public string Needs => "composes features";

    /// <inheritdoc/>
    public string Legend => "From left to right: the first target, the way from its inversion to the other's, the second target.";

    /// <inheritdoc/>
    public bool Fits(IFeatureComposingMethod method) => true;

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<RgbImage>> Draw(InvertedPair pair)
    {
        using var way = FeatureInterpolation.Images(pair.Generator, pair.Split, pair.A, pair.B, steps);
        return
        [
            [pair.TargetA, .. ImageTensors.FromTensor(way), pair.TargetB],
        ];
    }
}
