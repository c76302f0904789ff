using System.Globalization;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.BdInvert;

/// <summary>
/// After BDInvert (Kang, Kim, Cho 2021, "GAN Inversion for Out-of-Range Images with Geometric Transformations"): a base code, which is the maps at the cut,
/// and a style for each place after it. Their encoder gives the maps of an image; here it is G1 of the code that the project's encoder gives.
/// </summary>
public sealed class BdInvertMethod : IOptimizationMethod
{
    internal const string BaseWeight = "base-weight",
        StyleWeight = "style-weight",
        StyleSamples = "style-samples";

    /// <inheritdoc/>
    public string Name => "bdinvert";

    /// <inheritdoc/>
    public string Title => "BDInvert";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public string Network => EncoderTraining.Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                SplitSetting.Definition(4),
                new(BaseWeight, SettingKind.Number, "10", "weight of the base code's mean squared distance from where it begins")
                {
                    Minimum = 0,
                    Maximum = 1e6,
                },
                new(StyleWeight, SettingKind.Number, "0.01", "weight of the styles' mean squared distance from where the mapping puts them")
                {
                    Minimum = 0,
                    Maximum = 1e6,
                },
                new(StyleSamples, SettingKind.Integer, "10000", "codes whose styles say where that is")
                {
                    Minimum = 2,
                    Maximum = 100_000_000,
                },
                .. OptimizationSettings.Definitions(iterations: "300", learningRate: "0.01", beta2: "0.9"),
                .. PerceptualSetting.Definitions("0", PerceptualSetting.Vgg16),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [StyleSamples] = "1000000",
                    [OptimizationSettings.Iterations] = "1200",
                    [OptimizationSettings.LearningRate] = "0.01",
                    [OptimizationSettings.Beta2] = "0.999",
                    [PerceptualSetting.WeightName] = "10",
                },
            },
            TunedSplit.ForTasks
        );

    /// <inheritdoc/>
    public IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings)
    {
        var bound = BdInvertSettings.Bind(settings);
        return bound.StyleWeight == 0 ? [] : [GaussianOf(bound)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [
            .. StyleSearch.Check(this, architecture),
            .. SplitSetting.Check(settings, architecture),
            .. architecture.Synthesis is null
                ? []
                : StyleGaussianPreparation.Check(StyleSamples, BdInvertSettings.Bind(settings).StyleSamples, architecture),
        ];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var split = BdInvertSettings.Bind(settings).Split;
        double size = architecture.Synthesis!.LatentSize,
            maps = architecture.ChannelsAt(split) * Math.Pow(architecture.ResolutionAt(split), 2);

        // The maps' gradient by the penalty waits for that by the images.
        var cost = LayerCost.Map(maps) + architecture.AdvanceCost(split, architecture.Layers) + architecture.OutputCost;
        return new ModelPlan(cost, maps + StyleUse.UpperPlaces(architecture, split) * size) { Constants = maps, Shared = size * size };
    }

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) =>
        OptimizationRun.Start(this, problem, OptimizationSettings.Bind(problem.Settings), () =>
            new BaseAndStyles(problem, BdInvertSettings.Bind(problem.Settings))
        );

    private static PreparationNeed GaussianOf(BdInvertSettings settings) =>
        new(
            StyleGaussianPreparation.KindName,
            new Dictionary<string, string>
            {
                [StyleGaussianPreparation.Samples] = settings.StyleSamples.ToString(CultureInfo.InvariantCulture),
            }
        );
}
