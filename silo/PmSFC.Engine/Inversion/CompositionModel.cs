using PmSFC.Engine.Generators;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>Images of features that are composed at the split layer: G2(composition(z, w)).</summary>
internal sealed class CompositionModel : ImageModel
{
    private const string Weights = "w";

    private readonly IGenerator _generator;
    private readonly int _split;
    private readonly IFeatureComposition _composition;
    private readonly Tensor _z;
    private readonly Tensor _w;
    private readonly double _weightPace;

    /// <param name="problem">The images.</param>
    /// <param name="settings">Where features are composed, and the pace of the weights.</param>
    /// <param name="composition">Owned by the model.</param>
    public CompositionModel(InversionProblem problem, CompositionSettings settings, IFeatureComposition composition)
    {
        _generator = problem.Generator;
        _split = settings.Split;
        _composition = composition;
        _weightPace = settings.WeightPace;
        using var scope = NewDisposeScope();
        using Scalar startWeight = composition.StartWeight;
        _z = Parameter("z", CodeStart.Draw(problem.Seeds, composition.CodeShape, _generator.Device, _generator.Dtype));
        _w = Parameter(Weights, full([problem.Seeds.Count, .. composition.WeightShape], startWeight, _generator.Dtype, _generator.Device));
    }

    public override double LearningRateScale(string parameter) => parameter == Weights ? _weightPace : 1;

    public override Tensor Images() => _generator.Upper(_composition.Compose(_z, _w), _split);

    public override void Dispose()
    {
        base.Dispose();
        _composition.Dispose();
    }
}
