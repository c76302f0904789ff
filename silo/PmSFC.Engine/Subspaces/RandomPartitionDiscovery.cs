using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// Subspaces drawn at random: what discovered ones must beat. With the sizes of a discovered set given, the two differ in nothing but which
/// channel is where; without, the sizes differ by one at most.
/// </summary>
public sealed class RandomPartitionDiscovery : ISubspaceDiscovery
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new([SplitSetting.Definition(3), SubspacesSetting.Definition], new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <inheritdoc/>
    public bool CopiesSizes => true;

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        SubspacesSetting.Check(settings, architecture);

    /// <inheritdoc/>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        WorkEstimate.OfOptimization(architecture.Weights, 0, 0, 0);

    /// <inheritdoc/>
    public DiscoveryRun Start(
        IGenerator generator,
        ResolvedSettings settings,
        long seed,
        IReadOnlyList<int>? sizes = null,
        PreparedContents? prepared = null
    )
    {
        var channels = generator.Architecture.ChannelsAt(SplitSetting.Bind(settings));
        var subspaces = SubspacesSetting.Bind(settings);
        if (sizes is not null && (sizes.Count != subspaces || sizes.Sum() != channels || sizes.Any(size => size < 1)))
        {
            throw new ArgumentException(
                $"The sizes to copy, {string.Join(", ", sizes)}, are not those of {channels} channels in {subspaces} subspaces; "
                    + "use the same 'split' and 'subspaces' as the set that they come from.",
                nameof(sizes)
            );
        }

        return new RandomPartitionRun(Name, settings, seed, sizes ?? Balanced(channels, subspaces));
    }

    private static int[] Balanced(int channels, int subspaces) =>
        [.. Enumerable.Range(0, subspaces).Select(r => channels / subspaces + (r < channels % subspaces ? 1 : 0))];
}
