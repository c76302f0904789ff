using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// Subspaces from how channels vary together over codes z ~ N(0, I): S is the correlation of their maps, each number less its mean over codes, so that
/// what every sample has in common does not count. Channels that correlate are grouped by spectral clustering as in Algorithm 1, or, with
/// <c>grouping: dissimilar</c>, dealt out over the subspaces, so that each has some of every such group. Nothing is optimized.
/// </summary>
public sealed class CorrelationDiscovery : ISubspaceDiscovery
{
    internal const string Codes = "codes", Grouping = "grouping", Similar = "similar", Dissimilar = "dissimilar";

    /// <inheritdoc/>
    public string Name => "correlation";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } = new(
        [
            SplitSetting.Definition(3),
            SubspacesSetting.Definition,
            new(Codes, SettingKind.Integer, "1024", "latent codes that the correlations are taken over") { Minimum = 2, Maximum = 1_000_000 },
            new(Grouping, SettingKind.Choice, Similar, "subspaces of channels that correlate, or of channels that do not") { Choices = [Similar, Dissimilar] },
        ],
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <inheritdoc/>
    public bool CopiesSizes => false;

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        SubspacesSetting.Check(settings, architecture);

    /// <inheritdoc/>
    public DiscoveryRun Start(Generator generator, ResolvedSettings settings, long seed, IReadOnlyList<int>? sizes = null) => sizes is null
        ? new CorrelationRun(Name, generator, settings, seed)
        : throw new ArgumentException($"A {Name} discovery finds its own sizes; only a random one copies another set's.", nameof(sizes));
}
