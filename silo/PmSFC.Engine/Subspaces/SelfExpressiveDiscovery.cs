using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// Subspaces from self-expressiveness (Algorithm 1): the coefficients of Eq. 5 are found by Adam on fresh codes z ~ N(0, I), and the
/// channels are grouped by spectral clustering of A = (|S| + |Sᵀ|) / 2. What the paper leaves open is a setting here: how norms add up, S's
/// start, and the codes of a step (one code gives h·w rows of F, which may be fewer than C).
/// </summary>
public sealed class SelfExpressiveDiscovery : ISubspaceDiscovery
{
    internal const string Steps = "steps";
    internal const string LearningRate = "learning-rate";
    internal const string Lambda = "lambda";
    internal const string Mu = "mu";
    internal const string CodesPerStep = "codes-per-step";
    internal const string Norms = "norms";
    internal const string CoefficientStart = "start";

    /// <inheritdoc/>
    public string Name => "self-expressive";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                SplitSetting.Definition(3),
                SubspacesSetting.Definition,
                new(Steps, SettingKind.Integer, "3000", "number of Adam steps") { Minimum = 1, Maximum = 1_000_000 },
                new(LearningRate, SettingKind.Number, "1e-4", "Adam's step size")
                {
                    Minimum = 0,
                    ExcludesMinimum = true,
                    Maximum = 1,
                },
                new(Lambda, SettingKind.Number, "10", "weight of the images' term; 0 leaves it out") { Minimum = 0 },
                new(Mu, SettingKind.Number, "1", "weight of the coefficients' L1 norm") { Minimum = 0 },
                new(CodesPerStep, SettingKind.Integer, "4", "fresh latent codes in each step") { Minimum = 1, Maximum = 1024 },
                new(Norms, SettingKind.Choice, "sum", "terms are summed over a code's entries, or are means over entries")
                {
                    Choices = ["sum", "mean"],
                },
                new(CoefficientStart, SettingKind.Choice, "random", "coefficients at the start: zeros, or normal with deviation 0.01")
                {
                    Choices = ["zeros", "random"],
                },
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Paper] = new Dictionary<string, string>(),
                [PresetNames.Tuned] = new Dictionary<string, string>
                {
                    [Steps] = "1000",
                    [LearningRate] = "3e-3",
                    [CodesPerStep] = "2",
                    [Norms] = "mean",
                },
            }
        );

    /// <inheritdoc/>
    public bool CopiesSizes => false;

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        SubspacesSetting.Check(settings, architecture);

    /// <inheritdoc/>
    /// <remarks>
    /// G1, and G2 of the features as they are, are passed without gradients, but what they compute on the way stays until their end; through G2 of the
    /// expressed features gradients flow.
    /// </remarks>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var bound = SelfExpressiveSettings.Bind(settings);
        var (split, codes) = (bound.Split, bound.Codes);
        var channels = (double)architecture.ChannelsAt(split);
        var maps = channels * Math.Pow(architecture.ResolutionAt(split), 2);
        var (lower, image) = (architecture.LowerCost(split), 3 * Math.Pow(architecture.Resolution, 2));
        var step = LayerCost.Map(maps) + LayerCost.Comparison(maps);
        var (held, multiplyAdds) = (lower.SavedElements, lower.MultiplyAdds + 3 * channels * maps);
        if (bound.Objective.Lambda > 0)
        {
            var upper = architecture.AdvanceCost(split, architecture.Layers, CodeUse.Fixed) + architecture.OutputCost;
            held = Math.Max(held, step.SavedElements + upper.SavedElements);
            step = step + LayerCost.Map(image) + upper + LayerCost.Comparison(image);
            multiplyAdds += 3 * upper.MultiplyAdds;
        }

        // The mask of the diagonal, the coefficients' absolute values and the gradient of these.
        var matrices = 3 * channels * channels;
        return WorkEstimate.OfOptimization(
            architecture.Weights + matrices + codes * maps,
            channels * channels,
            codes * Math.Max(held, step.PeakElements),
            codes * multiplyAdds
        );
    }

    /// <inheritdoc/>
    public DiscoveryRun Start(
        IGenerator generator,
        ResolvedSettings settings,
        long seed,
        IReadOnlyList<int>? sizes = null,
        PreparedContents? prepared = null
    ) =>
        sizes is null
            ? new SelfExpressiveRun(Name, generator, settings, seed)
            : throw new ArgumentException(
                $"A {Name} discovery finds its own sizes; only a random one copies another set's.",
                nameof(sizes)
            );
}
