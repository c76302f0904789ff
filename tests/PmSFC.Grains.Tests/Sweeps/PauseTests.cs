using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class PauseTests : IAsyncLifetime
{
    private static readonly JobProgress Progress = new()
    {
        Iteration = 1,
        Iterations = 3,
        Loss = 1,
        IterationsPerSecond = 1,
    };

    // Short, so that many rounds of the timer and the watchdog go by.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private const int Rounds = 10;

    private readonly TemporaryDirectory _directory = new();
    private readonly MoodyStore _store;
    private TestSilos _silos = null!;

    public PauseTests() => _store = new MoodyStore(new DirectoryArtifactStore(_directory.Path));

    public async Task InitializeAsync() =>
        _silos = await TestSilos.StartAsync(_directory.Path, silos: 2, reconcile: Period, watchdog: Period, store: _store);

    public async Task DisposeAsync()
    {
        await _silos.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Pause_WhileJobsRun_StopsThemAndLeasesNothingUntilItIsStartedAgain()
    {
        var plan = Plans.Plan(images: 6, subspaces: Plans.Subspaces("learned"));
        var worker = new FakeWorker(_silos, "w", batch: 1);
        await _silos.Sweep(plan.Id).Start(plan, null);
        await FinishOne(worker);
        await FinishOne(worker);
        var running = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        await _silos.Job(running.Item.Id).Started(running.Token, "d");
        await Status(plan, s => s.Running.Length == 1);

        var paused = await _silos.Sweep(plan.Id).Pause();

        (paused.State, paused.Finished, paused.Reason).ShouldBe((SweepState.Paused, false, "It is paused: go on with `sweep resume`."));
        paused.Count(JobState.Succeeded).ShouldBe(1);
        paused.Running.ShouldBeEmpty();
        paused.Waiting.ShouldBe([new("the sweep is paused", 5)]);
        (await worker.Lease()).ShouldBeEmpty();
        (await _silos.Job(running.Item.Id).Progressed(running.Token, Progress)).ShouldBeFalse();
        (await _silos.Pool.Renew("w", [new LeaseHold(running.Item.Id, running.Token)])).ShouldBe([LeaseVerdict.Cancelled]);
        await _silos.Pool.Return([new LeaseHold(running.Item.Id, running.Token)]);

        // Neither the timer nor the watchdog wakes it, nor a silo that takes it over.
        await _silos.ReplaceSiloOfAsync(_silos.Sweep(plan.Id));
        var after = await Eventually.Get(() => Answer(plan), s => s is not null);
        (after!.State, after.Reason).ShouldBe((SweepState.Paused, paused.Reason));
        after.Count(JobState.Succeeded).ShouldBe(1);
        after.Waiting.ShouldBe(paused.Waiting);
        var rounds = _store.Rounds + Rounds;
        await Eventually.Holds(() => _store.Rounds > rounds);
        (await Eventually.Get(() => Lease(worker), l => !l.IsDefault)).ShouldBeEmpty();

        await using var second = new FakeWorker(_silos, "w2").Start();
        (await _silos.Sweep(plan.Id).Start(plan, null)).State.ShouldBe(SweepState.Running);
        var status = await Status(plan, s => s.Finished);
        (status.State, status.Reason).ShouldBe((SweepState.Finished, null));
        status.Count(JobState.Succeeded).ShouldBe(6);
        second
            .Leases.Select(l => l.Item.Id)
            .ShouldBe(plan.Jobs().Select(job => job.Spec.Id).Where(id => id != _finished), ignoreOrder: true);
    }

    [Fact]
    public async Task Pause_JobsThatAnotherSweepWants_GoOnForThatOne()
    {
        var (small, large) = (Plans.Plan(images: 2), Plans.Plan(images: 5));
        await _silos.Sweep(small.Id).Start(small, null);
        await _silos.Sweep(large.Id).Start(large, null);
        await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.Queued == 5);
        var worker = new FakeWorker(_silos, "w", batch: 1);
        var shared = (await worker.Lease())[0];
        small.Jobs().Select(job => job.Spec.Id).ShouldContain(shared.Item.Id);
        await _silos.Job(shared.Item.Id).Started(shared.Token, "d");

        await _silos.Sweep(large.Id).Pause();

        (await _silos.Pool.GetStatus()).Queued.ShouldBe(1);
        (await _silos.Pool.Renew("w", [new LeaseHold(shared.Item.Id, shared.Token)])).ShouldBe([LeaseVerdict.Held]);
        (await worker.Finish(shared)).ShouldBeTrue();
        await _silos.Pool.Return([new LeaseHold(shared.Item.Id, shared.Token)]);
        await using var rest = new FakeWorker(_silos, "rest").Start();
        await Status(small, s => s.Finished && s.Count(JobState.Succeeded) == 2);
        rest.Leases.ShouldHaveSingleItem();
        (await _silos.Sweep(large.Id).GetStatus())!.State.ShouldBe(SweepState.Paused);
    }

    [Fact]
    public async Task Pause_ThenCancel_IsCancelledAndEndsItsWatchers()
    {
        var plan = Plans.Plan(images: 3);
        await _silos.Sweep(plan.Id).Start(plan, null);
        await _silos.Sweep(plan.Id).Pause();
        var reasons = new List<string?>();
        var watching = Task.Run(async () =>
        {
            await foreach (var e in _silos.Sweep(plan.Id).Watch(0))
                reasons.Add(e.Reason);
        });
        await Eventually.Get(() => Task.FromResult(reasons.Count), count => count >= 4);

        var status = await _silos.Sweep(plan.Id).Cancel();

        (status.State, status.Reason, status.Finished).ShouldBe((SweepState.Cancelled, null, true));
        status.Count(JobState.Cancelled).ShouldBe(3);
        await watching.WaitAsync(TimeSpan.FromSeconds(30));
        reasons.ShouldContain("It is paused: go on with `sweep resume`.");
        reasons[^1].ShouldBeNull();
    }

    [Fact]
    public async Task Pause_FinishedOrUnknownSweep_ChangesNothing()
    {
        var plan = Plans.Plan(images: 1);
        await using var worker = new FakeWorker(_silos, "w").Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished);

        (await _silos.Sweep(plan.Id).Pause()).State.ShouldBe(SweepState.Finished);
        (await Should.ThrowAsync<BadInputException>(() => _silos.Sweep("other").Pause())).Message.ShouldContain("no sweep other to pause");
    }

    [Fact]
    public async Task SetPriority_WhileJobsWait_LeasesThoseOfTheHigherFirstAlsoAfterItsSiloDied()
    {
        var both = Plans.Plan(images: 3, cells: 2);
        var (low, high) = (both with { Cells = [both.Cells[0]] }, both with { Cells = [both.Cells[1]] });
        await _silos.Sweep(low.Id).Start(low, null);
        await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.Queued == 3);
        await _silos.Sweep(high.Id).Start(high, null);
        await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.Queued == 6);

        (await _silos.Sweep(high.Id).SetPriority(7)).Priority.ShouldBe(7);

        var worker = new FakeWorker(_silos, "w", batch: 1);
        var first = (await Eventually.Get(worker.Lease, l => l.Length == 1 && l[0].Item.Request.Priority == 7))[0];
        first.Item.Request.SweepId.ShouldBe(high.Id);
        await _silos.ReplaceSiloOfAsync(_silos.Sweep(high.Id));
        var after = await Eventually.Get(() => Answer(high), s => s is not null);
        after!.Priority.ShouldBe(7);
        (await Should.ThrowAsync<BadInputException>(() => _silos.Sweep("other").SetPriority(1))).Message.ShouldContain("no sweep other");
    }

    private string? _finished;

    private async Task FinishOne(FakeWorker worker)
    {
        var lease = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        (await worker.Finish(lease)).ShouldBeTrue();
        await _silos.Pool.Return([new LeaseHold(lease.Item.Id, lease.Token)]);
        if (lease.Item.Job is not null)
            _finished = lease.Item.Id;
    }

    private static async Task<ImmutableArray<Lease>> Lease(FakeWorker worker)
    {
        try
        {
            return await worker.Lease();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return default;
        }
    }

    private async Task<SweepStatus?> Answer(SweepPlan plan)
    {
        try
        {
            return await _silos.Sweep(plan.Id).GetStatus();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    private Task<SweepStatus> Status(SweepPlan plan, Predicate<SweepStatus> condition) =>
        Eventually.Get(async () => (await _silos.Sweep(plan.Id).GetStatus())!, s => condition(s));
}
