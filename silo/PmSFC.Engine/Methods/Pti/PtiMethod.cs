using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Projector;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Pti;

/// <summary>
/// Pivotal tuning (Roich, Mokady, Bermano, Cohen-Or 2021): the style that a projection finds stays, and the generator's weights are tuned for the image. What
/// is stored of an image is the difference of its weights, as many numbers as the generator has after its mapping.
/// </summary>
public sealed class PtiMethod : IOptimizationMethod
{
    private static readonly ProjectorMethod Projector = new();

    /// <inheritdoc/>
    public string Name => "pti";

    /// <inheritdoc/>
    public string Title => "PTI";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                .. StagedSettings.Definitions("0.5", "the style, as projector does", "tune the weights", learningRate: "0.05"),
                .. Projector.Settings.Definitions.Where(definition =>
                    definition.Name is ProjectorMethod.NoiseWeight or ProjectorMethod.StyleJitter or ProjectorMethod.JitterShare
                ),
                .. OptimizationSettings.Definitions(
                    iterations: "300",
                    learningRate: "0.003",
                    fewest: 2,
                    schedule: LearningRateSchedule.Ramps,
                    beta2: "0.9"
                ),
                .. PerceptualSetting.Definitions("0", PerceptualSetting.Vgg16),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [StagedSettings.StartShare] = "0.5625",
                    [StagedSettings.StartLearningRate] = "0.01",
                    [OptimizationSettings.Iterations] = "800",
                    [OptimizationSettings.LearningRate] = "0.0003",
                    [OptimizationSettings.Beta2] = "0.999",
                    [PerceptualSetting.WeightName] = "1",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [.. StyleSearch.Check(this, architecture)];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var pivot = Projector.Plan(settings, architecture, subspaces);
        var weights = architecture.OwnWeights;
        var images = GeneratorCost.OfStyles(architecture, places: 1);

        // What found the style stays, with its moments.
        return images with
        {
            Cost = LayerCost.Map(architecture.OwnWeightsInUse) + images.Cost,
            Parameters = weights,
            Constants = 3 * pivot.Parameters,
            Codes = weights + architecture.Synthesis!.LatentSize,
        };
    }

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem)
    {
        var settings = PtiSettings.Bind(problem.Settings);
        StyleAndNoise? projection = null;
        return settings.Stages.Start(
            settings.Optimization,
            search =>
                OptimizationRun.Start(this, problem, search, () => projection = new StyleAndNoise(problem, settings.Pivot, search.Steps)),
            (tuning, before) => OptimizationRun.Start(this, problem, tuning, () => new TunedWeights(problem, projection!.Pivot()), before)
        );
    }
}
