using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// Subspaces from how channels vary together over codes z ~ N(0, I): S is the correlation of their maps, each number less its mean over codes, so that
/// what every sample has in common does not count. Channels that correlate are grouped by spectral clustering as in Algorithm 1, or, with
/// <c>grouping: dissimilar</c>, dealt out over the subspaces, so that each has some of every such group. Nothing is optimized.
/// </summary>
public sealed class CorrelationDiscovery : ISubspaceDiscovery
{
    internal const string Codes = "codes",
        Grouping = "grouping",
        Similar = "similar",
        Dissimilar = "dissimilar";

    /// <inheritdoc/>
    public string Name => "correlation";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                SplitSetting.Definition(3),
                SubspacesSetting.Definition,
                new(Codes, SettingKind.Integer, "1024", "latent codes that the correlations are taken over")
                {
                    Minimum = 2,
                    Maximum = 1_000_000,
                },
                new(Grouping, SettingKind.Choice, Similar, "subspaces of channels that correlate, or of channels that do not")
                {
                    Choices = [Similar, Dissimilar],
                },
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>()
        );

    /// <inheritdoc/>
    public bool CopiesSizes => false;

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        SubspacesSetting.Check(settings, architecture);

    /// <inheritdoc/>
    /// <remarks>Sums are of double precision, which counts twice.</remarks>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var bound = CorrelationSettings.Bind(settings);
        var split = bound.Split;
        var (channels, lower) = ((double)architecture.ChannelsAt(split), architecture.LowerCost(split));
        var (maps, batch) = (channels * Math.Pow(architecture.ResolutionAt(split), 2), Math.Min(CorrelationRun.Batch, bound.Codes));

        // The maps in double precision and once more in another order, and their products before they are added.
        var peak = batch * Math.Max(lower.SavedElements, 4 * maps) + 2 * channels * channels;
        return WorkEstimate.OfOptimization(
            architecture.Weights + 2 * (maps + channels * channels),
            0,
            peak,
            batch * (lower.MultiplyAdds + channels * maps)
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
            ? new CorrelationRun(Name, generator, settings, seed)
            : throw new ArgumentException(
                $"A {Name} discovery finds its own sizes; only a random one copies another set's.",
                nameof(sizes)
            );
}
