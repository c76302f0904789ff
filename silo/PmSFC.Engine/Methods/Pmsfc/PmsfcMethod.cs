using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Pmsfc;

/// <summary>
/// Prior multi-subspace feature composition (Eq. 6–8). The preset <c>paper</c> is the paper's text taken literally, with Eq. 8's sums and no weight
/// between its terms; the other reading, mGANprior's means, is <c>norms: mean</c> with <c>perceptual-weight: 0.001</c>. What the paper leaves open is
/// listed in docs/fidelity.md; <c>tuned</c> and <c>tuned-styles</c> are what searches found on a PGGAN and on a StyleGAN2 (docs/presets.md).
/// </summary>
public sealed class PmsfcMethod : IFeatureComposingMethod
{
    private const string WeightStart = "weight-start";

    /// <inheritdoc/>
    public string Name => "pmsfc";

    /// <inheritdoc/>
    public string Title => "PmSFC";

    /// <inheritdoc/>
    public bool UsesSubspaces => true;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                SplitSetting.Definition(3),
                OptimizationSettings.CodesDefinition("5", "K: latent codes in each subspace"),
                new(WeightStart, SettingKind.Number, "1", "what every composition weight w starts from, before its tanh")
                {
                    Minimum = 0,
                    ExcludesMinimum = true,
                    Maximum = 10,
                },
                OptimizationSettings.WeightPaceDefinition("1"),
                .. StyleUse.Definitions,
                .. OptimizationSettings.Definitions(iterations: "300", learningRate: "0.1", beta2: "0.9"),
                .. PerceptualSetting.Definitions("0.001"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = TunedSplit.ForInversion,
                [PresetNames.TunedStyles] = new Dictionary<string, string>
                {
                    [StyleUse.CodeSpaceName] = StyleUse.Styles,
                    [OptimizationSettings.LearningRate] = "0.05",
                },
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "7000",
                    [OptimizationSettings.LearningRate] = "0.0001",
                    [OptimizationSettings.Beta2] = "0.999",
                    [OptimizationSettings.Norms] = OptimizationSettings.Sum,
                    [PerceptualSetting.WeightName] = "1",
                },
            },
            TunedSplit.ForTasks
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [.. CompositionSettings.Check(settings, architecture)];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var bound = CompositionSettings.Bind(settings);

        // The last block's weights once more, divided among the subspaces.
        return bound.Plan(architecture, subspaces) with
        {
            Shared = architecture.WeightsOf(bound.Split - 1),
        };
    }

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem)
    {
        var settings = CompositionSettings.Bind(problem.Settings);
        return OptimizationRun.Start(this, problem, settings.Optimization, () =>
            new CompositionModel(problem, settings, CreateComposition(problem.Generator, problem.Settings, problem.Partition))
        );
    }

    /// <inheritdoc/>
    public IFeatureComposition CreateComposition(IGenerator generator, ResolvedSettings settings, ChannelPartition? partition)
    {
        if (partition is null)
            throw new ArgumentException($"The method '{Name}' needs the subspaces of the split layer's channels.", nameof(partition));
        var bound = Bind(settings);
        var (split, codes) = (bound.Composition.Split, bound.Composition.Codes);
        return new PmsfcComposition(bound.Composition.Styles.Taking(generator), partition, split, codes, bound.WeightStart);
    }

    private static (CompositionSettings Composition, double WeightStart) Bind(ResolvedSettings settings) =>
        (CompositionSettings.Bind(settings), settings.Number(WeightStart));
}
