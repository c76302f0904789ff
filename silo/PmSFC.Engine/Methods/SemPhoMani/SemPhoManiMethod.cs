using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Methods.InvertLayers;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.SemPhoMani;

/// <summary>
/// Semantic photo manipulation (Bau et al. 2019): what <see cref="InvertLayersMethod"/> finds at the fourth block stays, and small networks on fixed noise
/// change the image's details by modulating later blocks. Of what the task has left of the target the mean absolute difference counts, without V. Their
/// generator of 256 pixels is modulated at blocks 8, 10, 12 and 14, the last of each of its four largest resolutions; another one at the same places,
/// as far as they come after the fourth block: 6, 8 and 10 at 64 pixels. The layers of their modulating network are not public, and its step size 0.1 belongs
/// to it: the preset <c>paper</c> has theirs for everything else, and 0.001 for the networks here (docs/fidelity.md).
/// </summary>
public sealed class SemPhoManiMethod : IOptimizationMethod
{
    internal const string Width = "width",
        ModulationWeight = "modulation-weight";
    internal const string FeaturesLayer = "features-layer";

    private const int LargestResolutions = 4;

    private static readonly InvertLayersMethod InvertLayers = new();

    /// <inheritdoc/>
    public string Name => "sem-pho-mani";

    /// <inheritdoc/>
    public string Title => "SemPhoMani";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public string Network => EncoderTraining.Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                .. StagedSettings.Definitions("0.75", "the features, as invert-layers does", "modulate", learningRate: "0.05"),
                new(
                    FeaturesLayer,
                    SettingKind.Integer,
                    "4",
                    "number of blocks before the features that stay; fewer where the generator has not as many"
                )
                {
                    Minimum = 1,
                    Maximum = 17,
                },
                new(Width, SettingKind.Integer, "16", "maps between a modulating network's two convolutions")
                {
                    Minimum = 1,
                    Maximum = 512,
                },
                new(ModulationWeight, SettingKind.Number, "0.1", "weight of the modulations' mean squares") { Minimum = 0, Maximum = 1e6 },
                .. InvertLayers.Settings.Definitions.Where(definition =>
                    definition.Name is InvertLayersMethod.Layers or InvertLayersMethod.ResidualWeight
                ),
                .. OptimizationSettings.Definitions(
                    iterations: "400",
                    learningRate: "0.001",
                    fewest: 2,
                    schedule: LearningRateSchedule.Halving
                ),
                .. PerceptualSetting.Definitions("0.01"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "4000",
                    [StagedSettings.StartLearningRate] = "0.01",
                    [PerceptualSetting.WeightName] = "1",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        if (InvertLayers.Check(settings, architecture) is { Count: > 0 } issues)
            return issues;
        var bound = SemPhoManiSettings.Bind(settings);
        var from = bound.From(architecture);
        return bound.Residuals.Layers <= from
            ? []
            :
            [
                new SettingIssue(
                    InvertLayersMethod.Layers,
                    $"'{InvertLayersMethod.Layers}' is {settings[InvertLayersMethod.Layers]}, but the features are those after {from} blocks; use {from} at most."
                ),
            ];
    }

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var bound = SemPhoManiSettings.Bind(settings);
        var residuals = InvertLayersMethod.Plan(architecture, bound.Residuals.Layers);
        var (from, width) = (bound.From(architecture), bound.Width);
        NetworkCost images = default,
            penalty = default;
        double weights = 0;
        for (var layer = from + 1; layer <= architecture.Layers; layer++)
        {
            images += architecture.AdvanceCost(layer - 1, layer, CodeUse.Fixed);
            if (!Modulated(architecture, from).Contains(layer))
                continue;
            var (channels, pixels) = (architecture.ChannelsAt(layer), Math.Pow(architecture.ResolutionAt(layer), 2));
            var modulation =
                LayerCost.ActivatedConvolution(ModulatedLayers.Noise, width, 9, pixels) + LayerCost.Convolution(width, channels, 9, pixels);

            // 1 + s is saved, and the product where what follows keeps it; the penalty makes s once more and saves it.
            images += modulation + LayerCost.Map((architecture.KeepsInput(CodeUse.Fixed) ? 2 : 1) * channels * pixels);
            penalty += modulation + LayerCost.Comparison(channels * pixels);
            weights += 9 * width * (ModulatedLayers.Noise + channels);
        }

        var features = architecture.ChannelsAt(from) * Math.Pow(architecture.ResolutionAt(from), 2);
        return residuals with
        {
            PixelsOnly = images + architecture.OutputCost + penalty,
            Parameters = residuals.Parameters + weights,
            Constants = features,
            Codes = weights + features,
        };
    }

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem)
    {
        var settings = SemPhoManiSettings.Bind(problem.Settings);
        var from = settings.From(problem.Generator.Architecture);
        LayerResiduals? residuals = null;
        return settings.Stages.Start(
            settings.Optimization,
            search => OptimizationRun.Start(this, problem, search, () => residuals = new LayerResiduals(problem, settings.Residuals)),
            (details, before) => OptimizationRun.Start(this, problem, details with { Perceptual = null }, Modulate, before)
        );

        ImageModel Modulate()
        {
            using var scope = NewDisposeScope();
            using var off = no_grad();
            var features = residuals!.Features(from);
            using var on = enable_grad();
            return new ModulatedLayers(problem, settings, features, from);
        }
    }

    /// <summary>The blocks that are modulated.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="from">Number of blocks before the features.</param>
    internal static IEnumerable<int> Modulated(GeneratorArchitecture architecture, int from) =>
        Enumerable
            .Range(1, architecture.Layers)
            .Where(layer =>
                architecture.EndsResolution(layer)
                && layer > from
                && architecture.ResolutionAt(layer) > architecture.Resolution >> LargestResolutions
            );
}
