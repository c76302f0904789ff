using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class RandomPartitionDiscoveryTests
{
    private static readonly ISubspaceDiscovery Discovery = EngineCatalog.BuiltIn.FindDiscovery("random")!;

    [Fact]
    public void Start_WithoutSizes_DrawsSubspacesThatDifferByOneAtMost() => Draw(1, 3).Sizes.ShouldBe([3, 3, 2]);

    [Fact]
    public void Start_WithSizes_DrawsSubspacesOfThose()
    {
        var set = Draw(1, 3, [5, 1, 2]);

        set.Sizes.ShouldBe([5, 1, 2]);
        set.Partition.Sizes.ShouldBe([5, 1, 2]);
        (set.Method, set.SplitLayer, set.Seed).ShouldBe(("random", 1, 7));
        set.Coefficients.ShouldBeNull();
        set.OrderedAffinity().ShouldBeNull();
        set.ShareInside.ShouldBeNull();
    }

    [Fact]
    public void Start_SameSeed_DrawsTheSame()
    {
        Draw(1, 3).Labels.ShouldBe(Draw(1, 3).Labels);
        Enumerable.Range(0, 5).Select(seed => string.Join(',', Draw(1, 3, seed: seed).Labels)).Distinct().Count().ShouldBe(5);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(3, 3, 3)]
    [InlineData(8, 0, 0)]
    public void Start_SizesOfAnotherSplitOrNumber_AreRefused(params int[] sizes) =>
        Should.Throw<ArgumentException>(() => Draw(1, 3, sizes)).Message.ShouldContain("use the same 'split' and 'subspaces'");

    [Fact]
    public void Check_MoreSubspacesThanChannels_IsAnIssue()
    {
        var settings = Settings(("subspaces", "9"), ("split", "1"));

        Discovery
            .Check(settings, RandomGenerator.Tiny)
            .ShouldBe([new SettingIssue("subspaces", "'subspaces' is 9, but split layer 1 has only 8 channels to divide.")]);
    }

    private static SubspaceSet Draw(int split, int subspaces, IReadOnlyList<int>? sizes = null, long seed = 7)
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Discovery.Start(generator, Settings(("split", $"{split}"), ("subspaces", $"{subspaces}")), seed, sizes);
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }

    private static ResolvedSettings Settings(params (string Name, string Value)[] values) =>
        Discovery.Settings.Resolve(null, values.ToDictionary(value => value.Name, value => value.Value)).Settings!;
}
