using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Verifying;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Workloads;

/// <summary>A discovery that reads the statistics of the generator: planned, made once, stored, verified and made again.</summary>
[Collection(TensorsCollection.Name)]
public sealed class ContentWorkloadTests
{
    [Fact]
    public async Task Sweep_WhoseDiscoveryReadsStatistics_MakesThemOnceAndMendsThem()
    {
        var store = new MemoryStore();
        await TinyGenerator.Store(store);
        string[] images = [await TinyGenerator.StoreImage(store, 0), await TinyGenerator.StoreImage(store, 1)];
        var plan = await Run(store, images, new[] { "2", "3" });
        var statistics = plan
            .Cells.SelectMany(cell => cell.Preparations)
            .Select(planned => planned.Spec)
            .DistinctBy(spec => spec.Id)
            .ShouldHaveSingleItem();
        plan.Cells.Select(cell => cell.Subspaces!.MadeFrom.Single().Id).ShouldAllBe(id => id == statistics.Id);
        plan.Jobs().ShouldAllBe(job => job.Spec.Preparations == null);

        var (card, content) = (ArtifactNames.PreparationCard(statistics.Id), ArtifactNames.PreparationContent(statistics.Id));
        store.Writes.Count(name => name == card).ShouldBe(1);
        (await Sweeps.Results(store, plan)).Count.ShouldBe(4);
        (await Verify(store, plan)).Findings.ShouldBeEmpty();
        store.Names.ShouldNotContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));

        var before = store[content];
        var damaged = before.ToArray();
        damaged[^1] ^= 1;
        store[content] = damaged;
        var found = await Verify(store, plan);
        found
            .Findings.Select(finding => (finding.Fault.Artifact, finding.Fault.Kind, finding.Remedy))
            .ShouldBe([(content, FaultKind.Damaged, Remedy.Resume)]);
        (await new SweepMending(store).SetAsideAsync(found)).ShouldBe([card, content], ignoreOrder: true);
        await Run(store, images, new[] { "2", "3" });

        store[content].ShouldBe(before);
        (await Verify(store, plan)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_OfAPreparationThatDoesNotExist_SaysSoAtTheMethod()
    {
        var store = new MemoryStore();
        await TinyGenerator.Store(store);
        var image = await TinyGenerator.StoreImage(store, 0);
        var engine = EngineCatalog.BuiltIn with { Preparations = [] };

        var outcome = await new Silo.Planning.EngineSweepPlanner(store, engine).PlanAsync(
            Sweeps.Spec([image], Sweeps.Pmsfc(3) with { Subspaces = Sweeps.Discovery("moments", ("subspaces", ["2"])) }),
            default
        );

        outcome.Issues.ShouldHaveSingleItem().Path.ShouldBe("methods[0].subspaces");
        outcome.Issues[0].Message.ShouldContain("'statistics'");
    }

    private static async Task<SweepPlan> Run(MemoryStore store, string[] images, string[] subspaces)
    {
        await using var cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions { Store = store, Devices = [new DeviceOptions { Threads = 1 }] }
        );
        var method = Sweeps.Pmsfc(3) with { Subspaces = Sweeps.Discovery("moments", ("subspaces", subspaces)) };
        var plan = await Sweeps.Plan(cluster, Sweeps.Spec(images, method));
        await Sweeps.Run(cluster, plan, e => e.Finished);
        var status = (await cluster.Grains.GetGrain<ISweepGrain>(plan.Id).GetStatus())!;
        status.Failures.ShouldBeEmpty(string.Join(' ', status.Problems.Keys));
        return plan;
    }

    private static Task<Verification> Verify(MemoryStore store, SweepPlan plan) =>
        new SweepVerification(store, EngineCatalog.BuiltIn).VerifyAsync(plan);
}
