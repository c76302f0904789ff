using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Projector;

/// <summary>
/// The projection of StyleGAN2's authors (Karras et al. 2020, appendix D): one style for the whole network, and the noise of every block, which is kept
/// free of patterns. In the first steps the style is varied at random, less and less.
/// </summary>
public sealed class ProjectorMethod : IOptimizationMethod
{
    internal const string NoiseWeight = "noise-weight",
        StyleJitter = "style-jitter",
        JitterShare = "jitter-share";

    /// <inheritdoc/>
    public string Name => "projector";

    /// <inheritdoc/>
    public string Title => "Projector";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(NoiseWeight, SettingKind.Number, "1e5", "weight of the noise's correlation with itself one pixel further")
                {
                    Minimum = 0,
                    Maximum = 1e9,
                },
                new(
                    StyleJitter,
                    SettingKind.Number,
                    "0.05",
                    "deviation of what varies the style at first, as a multiple of the styles' own"
                )
                {
                    Minimum = 0,
                    Maximum = 100,
                },
                new(JitterShare, SettingKind.Number, "0.75", "share of the iterations after which the style is not varied any more")
                {
                    Minimum = 0,
                    Maximum = 1,
                },
                .. OptimizationSettings.Definitions(
                    iterations: "300",
                    learningRate: "0.05",
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
                    [OptimizationSettings.Iterations] = "1000",
                    [OptimizationSettings.LearningRate] = "0.1",
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
        var noise = Enumerable.Range(1, architecture.Layers).Sum(layer => Math.Pow(architecture.ResolutionAt(layer), 2));
        var style = GeneratorCost.OfStyles(architecture, places: 1);
        return style with { Cost = style.Cost + PatternCost(noise), Parameters = style.Parameters + noise };
    }

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem)
    {
        var optimization = OptimizationSettings.Bind(problem.Settings);
        return OptimizationRun.Start(this, problem, optimization, () =>
            new StyleAndNoise(problem, ProjectorSettings.Bind(problem.Settings), optimization.Steps)
        );
    }

    /// <summary>Two moved copies of each noise, and of what a third as many smaller ones are made of it.</summary>
    private static NetworkCost PatternCost(double noise) => LayerCost.Map(3 * noise * 4 / 3);
}
