using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class CorrelationDiscoveryTests
{
    private static readonly ISubspaceDiscovery Discovery = EngineCatalog.BuiltIn.FindDiscovery("correlation")!;

    [Fact]
    public void Finish_TinyGenerator_HasTheCorrelationsByTheirDefinition()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var maps = Enumerable
            .Range(1, 2)
            .SelectMany(batch =>
            {
                using var random = new TorchSharp.torch.Generator((ulong)SplitMix64.Derive(7, batch), CPU);
                var features = generator.Lower(randn(batch == 1 ? 64 : 36, 6, generator: random), 2).Maps;
                return Enumerable.Range(0, (int)features.shape[0]).Select(i => TestTensors.Floats(features[i]));
            })
            .ToArray();

        var set = Run(generator, ("codes", "100"));

        const int Pixels = 16;
        for (var a = 0; a < 8; a++)
        {
            set.Coefficients![a * 8 + a].ShouldBe(0);
            for (var b = 0; b < a; b++)
            {
                double product = 0,
                    first = 0,
                    second = 0;
                for (var pixel = 0; pixel < Pixels; pixel++)
                {
                    var (x, y) = (Centered(a * Pixels + pixel), Centered(b * Pixels + pixel));
                    product += x.Zip(y, (p, q) => p * q).Sum();
                    first += x.Sum(p => p * p);
                    second += y.Sum(q => q * q);
                }

                set.Coefficients![a * 8 + b].ShouldBe((float)(product / Math.Sqrt(first * second)), 1e-5f);
            }
        }

        double[] Centered(int place)
        {
            var mean = maps.Average(map => (double)map[place]);
            return [.. maps.Select(map => map[place] - mean)];
        }
    }

    [Theory]
    [InlineData("similar", true)]
    [InlineData("dissimilar", false)]
    public void Finish_ChannelsThatAreCopiesOfEachOther_KeepsOrSeparatesThem(string grouping, bool together)
    {
        // Channels 0 and 4, 1 and 5, and so on are the same.
        using var generator = EngineCatalog.BuiltIn.Families.Read(WithCopies(), "copies").Load(CPU);

        var set = Run(generator, ("subspaces", "4"), ("grouping", grouping));

        set.Sizes.ShouldBe([2, 2, 2, 2]);
        for (var channel = 0; channel < 4; channel++)
            (set.Labels[channel] == set.Labels[channel + 4]).ShouldBe(together, $"channel {channel}");
        (set.ShareInside > set.ShareByChance).ShouldBe(together);
        (set.ShareInside > set.ShareShuffled).ShouldBe(together);
    }

    [Fact]
    public void DealtOut_ClustersOfAnySizes_DividesEachEvenly()
    {
        var clusters = new ChannelPartition([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2], 3);

        var dealt = CorrelationRun.DealtOut(clusters);

        dealt.Sizes.Order().ShouldBe([5, 5, 6]);
        foreach (var cluster in Enumerable.Range(0, 3))
        {
            var counts = Enumerable
                .Range(0, 3)
                .Select(r => clusters.ChannelsOf(cluster).Count(channel => dealt.Labels[channel] == r))
                .ToArray();
            (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
        }
    }

    [Fact]
    public void Restore_InTheMiddle_EndsAsAnUndisturbedRun()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var stopped = Discovery.Start(generator, Settings(("codes", "150")), seed: 7);
        using var resumed = Discovery.Start(generator, Settings(("codes", "150")), seed: 7);
        stopped.Step();
        resumed.Restore(stopped.Checkpoint());
        resumed.Iteration.ShouldBe(1);
        while (resumed.Iteration < resumed.Iterations)
            resumed.Step();

        resumed.Finish().Coefficients.ShouldBe(Run(generator, ("codes", "150")).Coefficients);
    }

    [Fact]
    public void Restore_CheckpointOfAnotherSeed_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Discovery.Start(generator, Settings(), seed: 7);
        using var other = Discovery.Start(generator, Settings(), seed: 8);

        Should.Throw<CheckpointException>(() => run.Restore(other.Checkpoint())).Message.ShouldContain("another discovery");
    }

    private static byte[] WithCopies()
    {
        var weights = (PgganWeights)EngineCatalog.BuiltIn.Families.Read(RandomGenerator.File(RandomGenerator.Tiny), "random");
        var layers = weights.Layers.ToArray();
        foreach (var values in new[] { layers[1].Weight, layers[1].Bias })
        {
            var half = values.Length / 2;
            Array.Copy(values, 0, values, half, half);
        }

        return weights.ToSafetensors();
    }

    private static SubspaceSet Run(IGenerator generator, params (string Name, string Value)[] settings)
    {
        using var run = Discovery.Start(generator, Settings(settings), seed: 7);
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }

    private static ResolvedSettings Settings(params (string Name, string Value)[] settings) =>
        Discovery
            .Settings.Resolve(
                null,
                new[] { ("split", "2"), ("subspaces", "3"), ("codes", "128") }
                    .Concat(settings)
                    .GroupBy(pair => pair.Item1)
                    .ToDictionary(group => group.Key, group => group.Last().Item2)
            )
            .Settings.ShouldNotBeNull();
}
