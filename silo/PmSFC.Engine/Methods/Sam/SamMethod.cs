using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Sam;

/// <summary>
/// Inversion by styles and a correction of features, after Parmar et al. 2022 ("Spatially-Adaptive Multilayer Selection for GAN Inversion and Editing"):
/// a style for each place, and a map ΔF that is added at one cut. Theirs has a correction after four resolutions, each where a network expects the finer
/// ones to be needed; here one correction serves the whole image.
/// </summary>
public sealed class SamMethod : IOptimizationMethod
{
    internal const string CorrectionWeight = "correction-weight",
        StyleWeight = "style-weight";

    /// <inheritdoc/>
    public string Name => "sam";

    /// <inheritdoc/>
    public string Title => "SAM (one cut)";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                SplitSetting.Definition(5),
                new(CorrectionWeight, SettingKind.Number, "5", "weight of the mean square of ΔF") { Minimum = 0, Maximum = 1e6 },
                new(StyleWeight, SettingKind.Number, "0.001", "weight of the styles' distances from the one of the first place")
                {
                    Minimum = 0,
                    Maximum = 1e6,
                },
                .. OptimizationSettings.Definitions(iterations: "300", learningRate: "0.05", beta2: "0.9"),
                .. PerceptualSetting.Definitions("0", PerceptualSetting.Vgg16),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "1001",
                    [OptimizationSettings.LearningRate] = "0.05",
                    [OptimizationSettings.Beta2] = "0.999",
                    [LearningRateSchedule.Name] = LearningRateSchedule.Ramps,
                    [PerceptualSetting.WeightName] = "1",
                },
            },
            TunedSplit.ForTasks
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [.. StyleSearch.Check(this, architecture), .. SplitSetting.Check(settings, architecture)];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var split = CorrectionSettings.Bind(settings).Split;
        var correction = architecture.ChannelsAt(split) * Math.Pow(architecture.ResolutionAt(split), 2);
        var styles = GeneratorCost.OfStyles(architecture, architecture.StylePlaces);

        // The corrected maps are kept next to those of the block, and the gradient by the penalty waits for that by the images.
        return styles with
        {
            Cost = LayerCost.Map(2 * correction) + styles.Cost,
            Parameters = styles.Parameters + correction,
        };
    }

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) =>
        OptimizationRun.Start(this, problem, OptimizationSettings.Bind(problem.Settings), () =>
            new FeatureCorrection(problem, CorrectionSettings.Bind(problem.Settings))
        );
}
