using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class SelfExpressiveDiscoveryTests
{
    private static readonly ISubspaceDiscovery Discovery = EngineCatalog.BuiltIn.FindDiscovery("self-expressive")!;

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Finish_BundledGenerator_FindsSubspacesBeyondChance(int split)
    {
        using var generator = EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled").Load(CPU);
        var settings = Settings("tuned", ("split", $"{split}"), ("steps", "100"), ("learning-rate", "0.005"), ("codes-per-step", "2"));
        using var run = Discovery.Start(generator, settings, seed: 1);

        var set = Run(run);

        set.Sizes.Count.ShouldBe(6);
        set.Sizes.ShouldAllBe(size => size > 0);
        set.ShareInside!.Value.ShouldBeGreaterThan(set.LargestShareByChance!.Value);
        set.LossHistory.Count.ShouldBe(100);
        DiscoveryLosses[] first = [.. set.LossHistory.Take(5)],
            last = [.. set.LossHistory.TakeLast(20)];
        last.Average(point => point.Feature).ShouldBeLessThan(0.95f * first.Average(point => point.Feature));
        last.Average(point => point.Image).ShouldBeLessThan(0.5f * first.Average(point => point.Image));
        var channels = set.Labels.Count;
        Enumerable.Range(0, channels).ShouldAllBe(c => set.Coefficients![c * channels + c] == 0);
    }

    [Fact]
    public void Restore_InTheMiddle_EndsAsAnUndisturbedRun()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var settings = Settings("tuned", ("split", "1"), ("subspaces", "2"), ("steps", "20"));
        using var undisturbed = Discovery.Start(generator, settings, seed: 3);
        using var stopped = Discovery.Start(generator, settings, seed: 3);
        using var resumed = Discovery.Start(generator, settings, seed: 3);
        for (var i = 0; i < 7; i++)
            stopped.Step();
        resumed.Restore(stopped.Checkpoint());
        resumed.Iteration.ShouldBe(7);
        resumed.Losses().ShouldBe(stopped.Losses());

        var (expected, set) = (Run(undisturbed), Run(resumed));

        // The same operations on the same numbers: only the order in which threads add up could differ.
        set.Coefficients!.Zip(expected.Coefficients!, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6f);
        set.Labels.ShouldBe(expected.Labels);
        set.LossHistory.Select(point => point.Iteration).ShouldBe(expected.LossHistory.Select(point => point.Iteration));
    }

    [Fact]
    public void Restore_CheckpointOfAnotherSeed_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var settings = Settings("tuned", ("split", "1"), ("subspaces", "2"));
        using var one = Discovery.Start(generator, settings, seed: 1);
        using var other = Discovery.Start(generator, settings, seed: 2);

        Should.Throw<CheckpointException>(() => other.Restore(one.Checkpoint())).Message.ShouldContain("another discovery");
        Should.Throw<CheckpointException>(() => other.Restore([1, 2, 3]));
    }

    [Fact]
    public void Step_ManyTimes_LeavesNoTensorBehind()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Discovery.Start(generator, Settings("tuned", ("split", "1"), ("subspaces", "2"), ("steps", "1000")), seed: 1);
        run.Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 500; i++)
            run.Step();

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void Finish_ZerosAndNothingToMinimise_SaysWhatToChange()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var settings = Settings(
            null,
            ("split", "1"),
            ("subspaces", "2"),
            ("steps", "1"),
            ("start", "zeros"),
            ("learning-rate", "1e-300"),
            ("lambda", "0")
        );
        using var run = Discovery.Start(generator, settings, seed: 1);

        Should.Throw<DegenerateAffinityException>(() => Run(run)).Message.ShouldStartWith("All coefficients between channels are zero");
    }

    [Fact]
    public void DemandSeveral_OneSubspaceOfNearlyAllChannels_SaysWhatToChange()
    {
        int[] labels = [0, 1, .. Enumerable.Repeat(2, 19)];

        Should
            .Throw<DegenerateAffinityException>(() => SelfExpressiveRun.DemandSeveral(new(labels, 3)))
            .Message.ShouldStartWith("One subspace takes 19 of 21 channels, so the others are of no use; change 'mu'");
        Should.NotThrow(() => SelfExpressiveRun.DemandSeveral(new([0, 1, .. Enumerable.Repeat(2, 18)], 3)));
        Should.NotThrow(() => SelfExpressiveRun.DemandSeveral(new(new int[21], 1)));
    }

    [Fact]
    public void Finish_BeforeTheLastStep_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Discovery.Start(generator, Settings(null, ("split", "1"), ("subspaces", "2"), ("steps", "2")), seed: 1);
        run.Step();

        Should.Throw<InvalidOperationException>(run.Finish).Message.ShouldBe("The discovery has done 1 of 2 steps.");
        run.Step();
        Should.Throw<InvalidOperationException>(run.Step);
    }

    [Fact]
    public void Check_WhatTheGeneratorLacks_IsAnIssue()
    {
        Discovery.Check(Settings(null, ("split", "4")), RandomGenerator.Tiny).ShouldHaveSingleItem().Setting.ShouldBe("split");
        Discovery
            .Check(Settings(null, ("split", "3")), RandomGenerator.Tiny)
            .ShouldHaveSingleItem()
            .Message.ShouldBe("'subspaces' is 6, but split layer 3 has only 5 channels to divide.");
        Discovery.Check(Settings(null, ("split", "3"), ("subspaces", "5")), RandomGenerator.Tiny).ShouldBeEmpty();
    }

    [Fact]
    public void Start_WithSizes_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);

        Should.Throw<ArgumentException>(() => Discovery.Start(generator, Settings(null, ("split", "1")), seed: 1, sizes: [4, 4]));
    }

    private static SubspaceSet Run(DiscoveryRun run)
    {
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }

    private static ResolvedSettings Settings(string? preset, params (string Name, string Value)[] values) =>
        Discovery.Settings.Resolve(preset, values.ToDictionary(value => value.Name, value => value.Value)).Settings!;
}
