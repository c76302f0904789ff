using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tests.Preparation;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class MomentsDiscoveryTests
{
    private static readonly ISubspaceDiscovery Discovery = EngineCatalog.BuiltIn.FindDiscovery("moments")!;

    [Fact]
    public void Start_OfThreeGroupsFarApart_FindsThem()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        float[] means = [0, 9, 0.1f, 9.1f, 0, 9, 0.2f, 9.2f],
            deviations = [1, 1, 1, 1, 5, 1, 5, 1];

        var set = Find(generator, subspaces: 3, Statistics(means, deviations));

        var groups = Enumerable.Range(0, 8).GroupBy(channel => set.Labels[channel]).Select(group => string.Join(' ', group)).Order();
        groups.ShouldBe(["0 2", "1 3 5 7", "4 6"]);
        set.ShareInside.ShouldBeNull();
        (set.Method, set.SplitLayer).ShouldBe(("moments", 1));
    }

    [Fact]
    public void Start_OfAGeneratorsStatistics_DividesEveryChannelEquallyEachTime()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var statistics = StatisticsPreparationTests.Make(generator, 16);

        var set = Find(generator, 3, statistics);

        set.Sizes.Sum().ShouldBe(generator.Architecture.ChannelsAt(1));
        set.Sizes.ShouldAllBe(size => size > 0);
        Find(generator, 3, statistics).Labels.ShouldBe(set.Labels);
    }

    [Fact]
    public void Start_ChannelsThatDoNotDiffer_AreRefusedWithWhatToChange()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);

        Should
            .Throw<DegenerateAffinityException>(() => Find(generator, 3, Statistics(new float[8], new float[8])))
            .Message.ShouldContain("give 'subspaces' less");
    }

    [Fact]
    public void Start_WithoutStatistics_SaysWhatIsMissing()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);

        Should.Throw<ArgumentException>(() => Discovery.Start(generator, Settings(3), 1)).Message.ShouldContain("'statistics'");
        Discovery.Needs(Settings(3)).ShouldHaveSingleItem().Kind.ShouldBe("statistics");
    }

    private static SubspaceSet Find(IGenerator generator, int subspaces, byte[] statistics)
    {
        var prepared = new PreparedContents(new Dictionary<string, ReadOnlyMemory<byte>> { ["statistics"] = statistics });
        using var run = Discovery.Start(generator, Settings(subspaces), 1, prepared: prepared);
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }

    private static byte[] Statistics(float[] means, float[] deviations) =>
        new SafetensorsWriter().Add("mean.1", means, means.Length).Add("deviation.1", deviations, deviations.Length).ToArray();

    private static ResolvedSettings Settings(int subspaces) =>
        Discovery.Settings.Resolve(null, new Dictionary<string, string> { ["split"] = "1", ["subspaces"] = $"{subspaces}" }).Settings!;
}
