using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.InvertLayers;

/// <summary>
/// Layer-wise inversion (Bau et al. 2019, “Seeing what a GAN cannot generate”): an encoder's code, then residuals on what the first three blocks give.
/// The loss is the mean absolute difference of pixels, that of V's features, and the residuals' mean squares. Their V is <c>vgg16-relu4_2</c>, where VGG16
/// was imported with the generator; their encoder, one network for each layer, is a single one here.
/// </summary>
public sealed class InvertLayersMethod : IOptimizationMethod
{
    internal const string Layers = "layers",
        ResidualWeight = "residual-weight";

    /// <inheritdoc/>
    public string Name => "invert-layers";

    /// <inheritdoc/>
    public string Title => "InvertLayers";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public string Network => EncoderTraining.Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(Layers, SettingKind.Integer, "3", "number of blocks that have a residual") { Minimum = 1, Maximum = 17 },
                new(ResidualWeight, SettingKind.Number, "1", "weight of the residuals' mean squares") { Minimum = 0, Maximum = 1e6 },
                .. OptimizationSettings.Definitions(
                    iterations: "300",
                    learningRate: "0.1",
                    schedule: LearningRateSchedule.Halving,
                    beta2: "0.9"
                ),
                .. PerceptualSetting.Definitions("0.01"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "3000",
                    [OptimizationSettings.LearningRate] = "0.01",
                    [OptimizationSettings.Beta2] = "0.999",
                    [PerceptualSetting.WeightName] = "1",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        architecture.IsSplit(ResidualSettings.Bind(settings).Layers)
            ? []
            :
            [
                new SettingIssue(
                    Layers,
                    $"'{Layers}' is {settings[Layers]}, but this generator has residuals after 1 to {architecture.LargestSplit} blocks."
                ),
            ];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        Plan(architecture, ResidualSettings.Bind(settings).Layers);

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) =>
        OptimizationRun.Start(this, problem, OptimizationSettings.Bind(problem.Settings), () =>
            new LayerResiduals(problem, ResidualSettings.Bind(problem.Settings))
        );

    internal static ModelPlan Plan(GeneratorArchitecture architecture, int layers)
    {
        var residuals = Enumerable
            .Range(1, layers)
            .Sum(layer => architecture.ChannelsAt(layer) * Math.Pow(architecture.ResolutionAt(layer), 2));
        // The code is fixed; derivatives begin with the residual after the first block.
        var images = architecture.LowerCost(1) + architecture.AdvanceCost(1, architecture.Layers, CodeUse.Fixed) + architecture.OutputCost;

        // The residuals' gradients by the penalty come first and wait for those by the images; and the sums are kept where what follows keeps its input.
        var waiting = LayerCost.Map((architecture.KeepsInput(CodeUse.Fixed) ? 2 : 1) * residuals);
        return new ModelPlan(waiting + images, residuals);
    }
}
