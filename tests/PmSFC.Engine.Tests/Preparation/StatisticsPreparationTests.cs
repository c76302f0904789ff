using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Preparation;

public sealed class StatisticsPreparationTests
{
    private static readonly IPreparationKind Statistics = EngineCatalog.BuiltIn.FindPreparation("statistics")!;

    /// <summary>The run merges batches; this computes over all samples at once, in two passes and double precision.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(21)]
    public void Finish_OfSamples_IsTheirMeanAndDeviationAtEverySplit(int samples)
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var statistics = GeneratorStatistics.Read(Make(generator, samples), generator.Architecture);
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var codes = cat([
            .. Enumerable
                .Range(0, (samples + 7) / 8)
                .Select(batch => NormalNumbers.Draw(5, batch + 1, Math.Min(8, samples - 8 * batch), generator.Architecture.LatentSize)),
        ]);

        for (var split = 1; split <= generator.Architecture.LargestSplit; split++)
        {
            var maps = generator.Lower(codes, split).Maps.to(ScalarType.Float64).transpose(0, 1).flatten(1);
            Compare(statistics.MeansAt(split), maps.mean([1]));
            Compare(statistics.DeviationsAt(split), maps.std(1, unbiased: false));
        }

        static void Compare(float[] actual, Tensor expected)
        {
            var values = expected.data<double>().ToArray();
            actual.Length.ShouldBe(values.Length);
            foreach (var (value, wanted) in actual.Zip(values))
                ((double)value).ShouldBe(wanted, 1e-5 * Math.Max(1, Math.Abs(wanted)));
        }
    }

    [Fact]
    public void Restore_OfACheckpoint_GoesOnToTheSameBits()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var stopped = Statistics.Start(generator, Settings(40), 5, PreparedContents.None);
        stopped.Step();
        stopped.Step();
        using var resumed = Statistics.Start(generator, Settings(40), 5, PreparedContents.None);

        resumed.Restore(stopped.Checkpoint());
        while (resumed.Iteration < resumed.Iterations)
            resumed.Step();

        resumed.Finish().ShouldBe(Make(generator, 40));
    }

    [Fact]
    public void Restore_OfAnotherRunsCheckpoint_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var other = Statistics.Start(generator, Settings(41), 5, PreparedContents.None);
        using var run = Statistics.Start(generator, Settings(40), 5, PreparedContents.None);

        Should.Throw<CheckpointException>(() => run.Restore(other.Checkpoint())).Message.ShouldContain("another preparation");
        Should.Throw<InvalidOperationException>(run.Finish);
    }

    [Fact]
    public void MeansAt_OfAnotherGeneratorsStatistics_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var larger = RandomGenerator.Paper(64);

        Should.Throw<CheckpointException>(() => GeneratorStatistics.Read(Make(generator, 1), larger).MeansAt(larger.LargestSplit));
    }

    internal static byte[] Make(IGenerator generator, int samples)
    {
        using var run = Statistics.Start(generator, Settings(samples), 5, PreparedContents.None);
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }

    private static ResolvedSettings Settings(int samples) =>
        Statistics.Settings.Resolve(null, new Dictionary<string, string> { ["samples"] = $"{samples}" }).Settings!;
}
