using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Sam;

/// <summary>
/// G2(G1(w) + ΔF, w) with a style for each place. ΔF begins at 0 and is held down by the mean of its squares, the styles by their distances from the one
/// of the first place.
/// </summary>
internal sealed class FeatureCorrection : ImageModel
{
    private static readonly long[] OverMaps = [1, 2, 3];
    private static readonly long[] OverPlaces = [1];
    private static readonly long[] OverStyle = [2];

    /// <summary>A root's derivative at 0 is infinite; with this it is 0 where all styles are the same.</summary>
    private static readonly Scalar Guard = 1e-16;

    private readonly IGenerator _synthesis;
    private readonly int _split;
    private readonly Tensor _styles; // [B, P, S]
    private readonly Tensor _correction; // [B, C, h, w]
    private readonly Scalar _correctionWeight;
    private readonly Scalar _styleWeight;

    public FeatureCorrection(InversionProblem problem, CorrectionSettings settings)
    {
        var (generator, architecture) = (problem.Generator, problem.Generator.Architecture);
        _synthesis = StyleSearch.GeneratorOf(problem).Synthesis;
        (_split, _correctionWeight, _styleWeight) = (settings.Split, settings.CorrectionWeight, settings.StyleWeight);
        var side = architecture.ResolutionAt(_split);
        using var scope = NewDisposeScope();
        _styles = Parameter("w", StyleSearch.Start(problem, architecture.StylePlaces));
        _correction = Parameter(
            "f",
            zeros([problem.Seeds.Count, architecture.ChannelsAt(_split), side, side], dtype: generator.Dtype, device: generator.Device)
        );
    }

    public override Tensor Images()
    {
        using var scope = NewDisposeScope();
        var features = _synthesis.Lower(_styles, _split);
        return _synthesis.Upper(features with { Maps = features.Maps.Add(_correction) }, _split).MoveToOuterDisposeScope();
    }

    public override Tensor? Penalty()
    {
        using var scope = NewDisposeScope();
        var others = _styles.narrow(1, 1, _styles.shape[1] - 1) - _styles.narrow(1, 0, 1);
        var distances = others.Squared().sum(OverStyle).Add(Guard).sqrt().sum(OverPlaces);
        return (_correction.Squared().mean(OverMaps) * _correctionWeight).Add(distances * _styleWeight).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        _correctionWeight.Dispose();
        _styleWeight.Dispose();
    }
}
