using PmSFC.Engine.Costs;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Planning;

public sealed class WorkPlannerTests
{
    public static TheoryData<string> Searches => [.. Problems.Searches];

    [Fact]
    public void Estimate_Of256PixelsAtSplit3_HasTheWorkThatWasCountedByHand()
    {
        var method = new PmsfcMethod();
        var settings = Settings(method, ("split", "3"), ("codes", "5"), ("perceptual", "none"));

        // In 10⁹: dense layer 0.126, block 1 1.132, a sixth of block 2 0.755 for 30 codes; G2 27.934 and RGB 0.013; backward as much again.
        Work(6).ShouldBe(2 * 29.95, 0.05);

        // 5 codes in one subspace compute the whole of block 2: 0.965.
        Work(1).ShouldBe(2 * 28.91, 0.05);

        double Work(int subspaces) =>
            WorkPlanner.Estimate(method, settings, RandomGenerator.Paper(256), subspaces, null, 1).MultiplyAddsPerIteration / 1e9;
    }

    [Fact]
    public void Estimate_Of1024Pixels_NeedsNoTensorsAndGrowsWithTheBatch()
    {
        var method = new PmsfcMethod();
        var one = Estimate(1);
        var eight = Estimate(8);

        one.Bytes.ShouldBeInRange(1L << 30, 4L << 30);
        eight.MultiplyAddsPerIteration.ShouldBe(8 * one.MultiplyAddsPerIteration, 1e-6 * eight.MultiplyAddsPerIteration);
        (eight.Bytes - one.Bytes).ShouldBeGreaterThan(6 * one.Bytes);

        WorkEstimate Estimate(int batch) => WorkPlanner.Estimate(method, Settings(method), RandomGenerator.Paper(1024), 6, null, batch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void MaximumBatch_OfWhatABatchTakes_IsThatBatch(int batch)
    {
        var method = new MganpriorMethod();
        var discriminator = PmSFC.Engine.Pggan.DiscriminatorArchitecture.Read(
            Engine.Checkpoints.Formats.StateDict.Read(Repository.BundledDiscriminator, "bundled")
        );
        var architecture = RandomGenerator.Paper(64);
        var bytes = WorkPlanner.Estimate(method, Settings(method), architecture, 1, discriminator, batch).Bytes;

        WorkPlanner.MaximumBatch(method, Settings(method), architecture, 1, discriminator, bytes + 1).ShouldBe(batch);
        WorkPlanner.MaximumBatch(method, Settings(method), architecture, 1, discriminator, 0).ShouldBe(0);
    }

    /// <summary>On the bundled generators; what a file of codes has besides numbers is less than 8 KiB.</summary>
    [Theory]
    [MemberData(nameof(Searches))]
    public void CodesBytes_OfEverySearch_AreThoseOfItsCodes(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.NeedsStyles(name) ? Problems.Load(Repository.BundledStyleGan2) : Problems.BundledGenerator();
        var method = Problems.Search(name);
        var problem = Problems.Create(
            method,
            generator,
            Problems.Targets(generator, 1),
            [1],
            ("split", "3"),
            ("iterations", "2"),
            ("start-share", "0.5"),
            ("channels", "8")
        );
        using var run = method.Start(problem);
        while (!run.IsFinished)
            run.Step();

        var planned = WorkPlanner.CodesBytes(method, problem.Settings, generator.Architecture, problem.Partition?.Count ?? 1);

        var stored = run.Codes(0).Length;
        ((double)stored).ShouldBeInRange(0.98 * planned, 1.02 * planned + (8 << 10), $"{name}: {stored} bytes");
    }

    [Fact]
    public void CodesBytes_OfANetworkOfOnePass_AreNone()
    {
        var method = EngineCatalog.BuiltIn.FindMethod("mean-image")!;

        WorkPlanner.CodesBytes(method, Settings(method), RandomGenerator.Paper(64), 1).ShouldBe(0);
    }

    private static ResolvedSettings Settings(IInversionMethod method, params (string Name, string Value)[] values) =>
        method.Settings.Resolve(null, values.ToDictionary(pair => pair.Name, pair => pair.Value)).Settings.ShouldNotBeNull();
}
