using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// Subspaces of channels whose maps have alike means and deviations: k-means over the two, each standardized over the channels. It reads the statistics of
/// the generator, and knows nothing of how channels vary together: what discoveries that do must beat.
/// </summary>
public sealed class MomentsDiscovery : ISubspaceDiscovery
{
    private const int Starts = 20;

    /// <inheritdoc/>
    public string Name => "moments";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new([SplitSetting.Definition(3), SubspacesSetting.Definition], new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <inheritdoc/>
    public bool CopiesSizes => false;

    /// <inheritdoc/>
    public IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings) => [new(StatisticsPreparation.KindName)];

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
        if (sizes is not null)
            throw new ArgumentException($"A {Name} discovery finds its own sizes; only a random one copies another set's.", nameof(sizes));
        var split = SplitSetting.Bind(settings);
        var statistics = GeneratorStatistics.Read(
            (prepared ?? PreparedContents.None)[StatisticsPreparation.KindName],
            generator.Architecture
        );
        var (means, deviations) = (Standardize(statistics.MeansAt(split)), Standardize(statistics.DeviationsAt(split)));
        return new Run(Name, settings, seed, [.. means.Zip(deviations, (mean, deviation) => new[] { mean, deviation })]);
    }

    private static double[] Standardize(float[] values)
    {
        var mean = values.Average(value => (double)value);
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return Array.ConvertAll(values, value => deviation > 0 ? (value - mean) / deviation : 0);
    }

    /// <summary>One iteration, so that its checkpoint is empty.</summary>
    private sealed class Run(string method, ResolvedSettings settings, long seed, double[][] points) : DiscoveryRun
    {
        private ChannelPartition? _partition;

        public override int Iteration => _partition is null ? 0 : 1;

        public override int Iterations => 1;

        public override void Step()
        {
            if (_partition is not null)
                throw new InvalidOperationException("The channels are grouped already.");
            var subspaces = SubspacesSetting.Bind(settings);
            var clusters = KMeans.Cluster(points, subspaces, Starts, seed)
                ?? throw new DegenerateAffinityException(
                    $"Fewer than {subspaces} channels differ in mean and deviation, so they cannot be divided into {subspaces} subspaces; give 'subspaces' less."
                );
            _partition = new ChannelPartition(clusters.Labels, subspaces);
        }

        public override DiscoveryLosses? Losses() => null;

        public override byte[] Checkpoint() => [];

        public override void Restore(byte[] checkpoint) { }

        public override SubspaceSet Finish()
        {
            var partition = _partition ?? throw new InvalidOperationException("The channels are not grouped yet.");
            return new SubspaceSet
            {
                Method = method,
                SplitLayer = SplitSetting.Bind(settings),
                Labels = partition.Labels,
                Sizes = partition.Sizes,
                Settings = settings,
                Seed = seed,
            };
        }
    }
}
