using System.Text;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Devices;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps;

/// <summary>Stores that are full, and records that a crash or a bad disk left damaged.</summary>
public sealed class StoreTroubleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Start_EveryRecordDamaged_FinishesAsIfThereWereNone()
    {
        string[] damages = ["", "\0\0\0\0", "{\"Phase\":"];
        await using var silos = await TestSilos.StartAsync(_directory.Path);
        var subspaces = Plans.Subspaces("learned");
        var plan = Plans.Plan(images: 2, subspaces: subspaces, network: Plans.Network("encoder"));
        string[] names =
        [
            ArtifactNames.State("devicepool", "pool", "default"),
            ArtifactNames.State("sweep", "sweep", plan.Id),
            ArtifactNames.State("subspaceset", "subspaces", subspaces.Id),
            ArtifactNames.State("network", "network", plan.Cells[0].Network!.Id),
            .. plan.Jobs().Select(job => ArtifactNames.State("inversionjob", "job", job.Spec.Id)),
        ];
        foreach (var (i, name) in names.Index())
            await silos.Store.WriteOnceAsync(name, Encoding.UTF8.GetBytes(damages[i % damages.Length]));
        await using var worker = new FakeWorker(silos, "w").Start();

        await silos.Sweep(plan.Id).Start(plan, traceParent: null);

        var status = await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished);
        status.Count(JobState.Succeeded).ShouldBe(2);
        foreach (var name in names)
            (await silos.Store.ReadAsync(name))!.Content.Length.ShouldBeGreaterThan(10, name);
    }

    [Fact]
    public async Task Start_PlanDamaged_IsWrittenAnew()
    {
        await using var silos = await TestSilos.StartAsync(_directory.Path);
        var plan = Plans.Plan(images: 1);
        await silos.Store.WriteOnceAsync(ArtifactNames.SweepPlan(plan.Id), "{"u8.ToArray());
        await using var worker = new FakeWorker(silos, "w").Start();

        await silos.Sweep(plan.Id).Start(plan, traceParent: null);

        await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished && s.Count(JobState.Succeeded) == 1);
    }

    [Fact]
    public async Task Start_OtherNamesWhileItRuns_AreTheSweepsFromThenOn()
    {
        await using var silos = await TestSilos.StartAsync(_directory.Path);
        var plan = Plans.Plan(images: 2);
        await silos.Sweep(plan.Id).Start(plan, traceParent: null);
        var renamed = plan with { Name = "portraits", Priority = 4, Cells = [plan.Cells[0] with { Label = "ours" }] };

        var status = await silos.Sweep(plan.Id).Start(renamed, traceParent: null);

        (status.Name, status.Cells.Single().Label, status.Priority).ShouldBe(("portraits", "ours", 4));
        await using var worker = new FakeWorker(silos, "w").Start();
        status = await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished);
        (status.Name, status.Cells.Single().Label).ShouldBe(("portraits", "ours"));
        Encoding
            .UTF8.GetString((await silos.Store.ReadAsync(ArtifactNames.SweepPlan(plan.Id)))!.Content.Span)
            .ShouldContain("\"portraits\"");
    }

    [Fact]
    public async Task Run_StoreFullInTheMiddle_TellsEveryJobsReasonAndLosesNone()
    {
        var store = new MoodyStore(new DirectoryArtifactStore(_directory.Path));
        await using var silos = await TestSilos.StartAsync(_directory.Path, store: store, reconcile: TimeSpan.FromMilliseconds(200));
        var plan = Plans.Plan(images: 6);
        var failure = new JobFailure { Name = FailureName.StoreUnavailable, Message = MoodyStore.NoSpace };
        await silos.Sweep(plan.Id).Start(plan, traceParent: null);
        store.Full = true;
        // A batch takes a little, so that the device does not ask without a pause.
        await using (new FakeWorker(silos, "full", batch: 2) { Outcome = _ => failure, Work = _ => Task.Delay(20) }.Start())
        {
            var waiting = await Eventually.Get(
                async () => (await silos.Sweep(plan.Id).GetStatus())!,
                s => s.Waiting.Keys.Any(reason => reason.Contains(MoodyStore.NoSpace, StringComparison.Ordinal))
            );
            waiting.Failures.ShouldBeEmpty();
        }

        store.Full = false;
        await using var worker = new FakeWorker(silos, "w").Start();

        var status = await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished);
        status.Count(JobState.Succeeded).ShouldBe(6);
        status.Waiting.ShouldBeEmpty();
    }

    [Fact]
    public async Task Finish_StoreFull_SaysWhyTheSweepDoesNotEndAndEndsWhenThereIsRoom()
    {
        var store = new MoodyStore(new DirectoryArtifactStore(_directory.Path));
        await using var silos = await TestSilos.StartAsync(_directory.Path, store: store, reconcile: TimeSpan.FromMilliseconds(200));
        var plan = Plans.Plan(images: 1);
        await silos.Sweep(plan.Id).Start(plan, traceParent: null);
        var worker = new FakeWorker(silos, "w");
        var lease = (await Eventually.Get(worker.Lease, leases => leases.Length == 1))[0];
        await FakeWorker.StoreResult(store, lease.Item);
        store.Full = true;
        (await worker.Owner(lease.Item).Succeeded(lease.Token)).ShouldBeTrue();

        (await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Reason is not null)).Reason.ShouldBe(
            MoodyStore.NoSpace
        );
        store.Full = false;

        (await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished)).Reason.ShouldBeNull();
    }

    [Fact]
    public void FirstEpoch_RecordLost_IsLaterThanAnyThatWasCountedUpTo()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var first = FencingTokens.FirstEpoch(time);
        time.Advance(TimeSpan.FromDays(1));

        FencingTokens.FirstEpoch(time).ShouldBe(first + 86_400);
        new FencingTokens(FencingTokens.FirstEpoch(time)).Next().ShouldBeGreaterThan(new FencingTokens(first + 1000).Next());
    }
}
