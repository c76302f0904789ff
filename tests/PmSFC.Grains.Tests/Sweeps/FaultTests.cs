using System.Collections.Concurrent;
using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps;

/// <summary>Three silos, of which the one that holds the sweep, the pool or a job is killed in the middle of its work.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Kill_SilosOfSweepPoolAndJobs_EveryJobHasOneAcceptedResult()
    {
        using var directory = new TemporaryDirectory();
        await using var silos = await TestSilos.StartAsync(directory.Path, silos: 3, lease: TimeSpan.FromSeconds(4));
        var plan = Plans.Plan(images: 30, cells: 2, subspaces: Plans.Subspaces("learned"));
        var accepted = new ConcurrentDictionary<string, ImmutableHashSet<long>>();
        // What a batch takes, so that silos die in the middle of some.
        var pace = TimeSpan.FromMilliseconds(250);
        await using var first = new FakeWorker(silos, "w1", batch: 2) { Accepted = accepted, Work = _ => Task.Delay(pace) }.Start();
        await using var second = new FakeWorker(silos, "w2", batch: 2) { Accepted = accepted, Work = _ => Task.Delay(pace) }.Start();
        var sweep = silos.Sweep(plan.Id);
        await sweep.Start(plan, traceParent: null);

        await Done(10);
        await silos.ReplaceSiloOfAsync(silos.Pool);
        await Done(20);
        await silos.ReplaceSiloOfAsync(sweep);
        await Done(30);
        await silos.ReplaceSiloOfAsync(async () => await Status(sweep) is { Running: [var running, ..] } ? silos.Job(running.Id) : null);
        var status = await Eventually.Get(() => Status(sweep), s => s is { Finished: true });

        status!.Count(JobState.Succeeded).ShouldBe(60);
        await Task.WhenAll(first.LeaveAsync(), second.LeaveAsync());
        var ids = plan.Jobs().Select(j => j.Spec.Id).Append(plan.Cells[0].Subspaces!.Id).ToArray();
        // A result whose report died with a silo is found in the store instead, so not every one need be accepted by report, but none twice.
        accepted.Keys.ShouldBeSubsetOf(ids);
        accepted.Values.ShouldAllBe(tokens => tokens.Count == 1);
        foreach (var job in plan.Jobs())
            (await silos.Store.ExistsAsync(ArtifactNames.JobResult(job.Spec.Id))).ShouldBeTrue();
        var given = first.Leases.Concat(second.Leases).Select(l => l.Token).ToArray();
        given.ShouldBeUnique();

        Task Done(int count) => Eventually.Get(() => Task.FromResult(accepted.Count), n => n >= count);
    }

    [Fact]
    public async Task Kill_SiloOfTheNetworkWhileItIsTrained_TrainsItOnAndThenRunsTheJobs()
    {
        using var directory = new TemporaryDirectory();
        await using var silos = await TestSilos.StartAsync(directory.Path, silos: 3, lease: TimeSpan.FromSeconds(30));
        var network = Plans.Network("encoder");
        var plan = Plans.Plan(images: 2, network: network);
        var sweep = silos.Sweep(plan.Id);
        await sweep.Start(plan, traceParent: null);
        var worker = new FakeWorker(silos, "w");
        var held = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        held.Item.Training.ShouldBe(network);
        await silos.Network(network.Id).Started(held.Token, "d");

        await silos.ReplaceSiloOfAsync(silos.Network(network.Id));

        (await Eventually.Get(() => Try(async () => (bool?)await worker.Finish(held)), done => done is not null)).ShouldBe(true);
        await using var rest = new FakeWorker(silos, "rest").Start();
        var status = await Eventually.Get(() => Status(sweep), s => s is { Finished: true });
        status!.Count(JobState.Succeeded).ShouldBe(2);
        rest.Leases.ShouldAllBe(l => l.Item.Training == null);
    }

    [Fact]
    public async Task Kill_SiloOfThePool_RunningWorkGoesOnUnderItsLease()
    {
        using var directory = new TemporaryDirectory();
        await using var silos = await TestSilos.StartAsync(directory.Path, silos: 3, lease: TimeSpan.FromSeconds(30));
        var plan = Plans.Plan(images: 1);
        var job = silos.Job(plan.Jobs().Single().Spec.Id);
        await silos.Sweep(plan.Id).Start(plan, traceParent: null);
        var worker = new FakeWorker(silos, "w");
        var held = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        await job.Started(held.Token, "d");

        await silos.ReplaceSiloOfAsync(silos.Pool);

        var verdicts = await Eventually.Get(
            () => Try(() => silos.Pool.Renew("w", [new LeaseHold(held.Item.Id, held.Token)])),
            v => !v.IsDefault
        );
        verdicts.ShouldBe([LeaseVerdict.Held]);
        (await Eventually.Get(() => Try(worker.Lease), l => !l.IsDefault)).ShouldBeEmpty();
        (await Eventually.Get(() => Try(async () => (bool?)await worker.Finish(held)), done => done is not null)).ShouldBe(true);
        var status = await Eventually.Get(() => Try(() => job.GetStatus()), s => s?.State == JobState.Succeeded);
        status!.Attempts.ShouldBe(1);
    }

    private static Task<SweepStatus?> Status(ISweepGrain sweep) => Try(() => sweep.GetStatus());

    private static async Task<T?> Try<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return default;
        }
    }
}
