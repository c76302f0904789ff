using PmSFC.Engine.Generators;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>Images of features that are composed at the split layer: G2(composition(z, w)).</summary>
internal sealed class CompositionModel : ImageModel
{
    /// <summary>What checkpoints and codes call G2's own styles.</summary>
    public const string UpperStyles = "styles";

    private const string Weights = "w";

    private readonly IGenerator _generator;
    private readonly int _split;
    private readonly IFeatureComposition _composition;
    private readonly Tensor _z;
    private readonly Tensor _w;
    private readonly Tensor? _upperStyles;
    private readonly StyleUse _styles;
    private readonly double _weightPace;

    /// <param name="problem">The images.</param>
    /// <param name="settings">Where features are composed, and the pace of the weights.</param>
    /// <param name="composition">Owned by the model.</param>
    public CompositionModel(InversionProblem problem, CompositionSettings settings, IFeatureComposition composition)
    {
        _generator = problem.Generator;
        _split = settings.Split;
        _composition = composition;
        _styles = settings.Styles;
        _weightPace = settings.WeightPace;
        using var scope = NewDisposeScope();
        using Scalar startWeight = composition.StartWeight;
        _z = Parameter("z", Start(problem, composition.CodeShape));
        _w = Parameter(Weights, full([problem.Seeds.Count, .. composition.WeightShape], startWeight, _generator.Dtype, _generator.Device));
        if (settings.Styles.SearchesUpperStyles)
            _upperStyles = Parameter(UpperStyles, StyleSearch.Start(problem, StyleUse.UpperPlaces(_generator.Architecture, _split)));
    }

    public override double LearningRateScale(string parameter) => parameter == Weights ? _weightPace : 1;

    public override Tensor Images()
    {
        using var scope = NewDisposeScope();
        var features = _styles.Complete(_generator, _composition.Compose(_z, _w), _split, _upperStyles);
        return _generator.Upper(features, _split).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        _composition.Dispose();
    }

    /// <summary>Latent codes, or their styles where codes are styles.</summary>
    private Tensor Start(InversionProblem problem, IReadOnlyList<long> shape)
    {
        using var scope = NewDisposeScope();
        long[] sizes = [.. shape.SkipLast(1), _generator.Architecture.LatentSize];
        var z = CodeStart.Draw(problem.Seeds, sizes, _generator.Device, _generator.Dtype);
        if (_styles.SearchesStyles)
            z = StyleSearch.GeneratorOf(problem).Styles(z.flatten(0, -2)).view([problem.Seeds.Count, .. shape]);
        return z.MoveToOuterDisposeScope();
    }
}
