using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class FailureBudgetTests : IAsyncLifetime
{
    private static readonly JobFailure Failure = new() { Name = FailureName.BadInput, Message = "It is no image." };

    private readonly TemporaryDirectory _directory = new();
    private TestSilos _silos = null!;

    public async Task InitializeAsync() => _silos = await TestSilos.StartAsync(_directory.Path);

    public async Task DisposeAsync()
    {
        await _silos.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Start_MoreFailuresThanTheBudgetBears_StopsKeepsResultsAndSaysSo()
    {
        var plan = Budgeted(Plans.Plan(images: 20), 2, FailureBudgetUnit.Jobs);
        var worker = new FakeWorker(_silos, "w", batch: 5) { Outcome = _ => Failure };
        await _silos.Sweep(plan.Id).Start(plan, null);
        var running = await Eventually.Get(worker.Lease, l => l.Length == 5);
        foreach (var lease in running)
            await _silos.Job(lease.Item.Id).Started(lease.Token, "d");
        await Status(plan, s => s.Running.Length == 5);

        foreach (var lease in running[..3])
            (await worker.Finish(lease)).ShouldBeTrue();
        var stopping = await Status(plan, s => s.State == SweepState.Stopped);

        stopping.Finished.ShouldBeFalse("what runs comes to its end");
        stopping.Reason.ShouldBe(
            "It stopped because 3 of its 20 jobs failed, more than its failure-budget of 2 allows: mend what failed, or give it a larger failure-budget, and run it again."
        );
        await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.Queued == 0);
        (await worker.Lease()).ShouldBeEmpty();

        foreach (var lease in running[3..])
        {
            await FakeWorker.StoreResult(_silos.Store, lease.Item);
            (await _silos.Job(lease.Item.Id).Succeeded(lease.Token)).ShouldBeTrue();
        }

        var stopped = await Status(plan, s => s.Finished);
        stopped.Reason.ShouldBe(stopping.Reason);
        stopped.Count(JobState.Succeeded).ShouldBe(2);
        stopped.Count(JobState.Failed).ShouldBe(3);
        stopped.Count(JobState.Cancelled).ShouldBe(15);
        stopped.Problems.ShouldBe([new("BadInput: It is no image.", 3)]);
        (await _silos.Store.ExistsAsync(ArtifactNames.JobResult(running[3].Item.Id))).ShouldBeTrue();

        var events = new List<SweepEvent>();
        await foreach (var e in _silos.Sweep(plan.Id).Watch(0))
            events.Add(e);
        events[^1].Finished.ShouldBeTrue();
        events[^1].Reason.ShouldBe(stopping.Reason);
    }

    [Fact]
    public async Task Start_AgainWithALargerBudget_TriesWhatFailedAnewAndGoesOn()
    {
        var plan = Budgeted(Plans.Plan(images: 10), 0, FailureBudgetUnit.Jobs);
        var bad = plan.Jobs().Take(2).Select(job => job.Spec.Id).ToArray();
        await using var worker = new FakeWorker(_silos, "w", batch: 1) { Outcome = item => bad.Contains(item.Id) ? Failure : null }.Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        var stopped = await Status(plan, s => s.Finished);
        stopped.State.ShouldBe(SweepState.Stopped);

        var status = await _silos.Sweep(plan.Id).Start(Budgeted(plan, 20, FailureBudgetUnit.Percent), null);
        (status.State, status.Reason).ShouldBe((SweepState.Running, null));
        status = await Status(plan, s => s.Finished);

        status.State.ShouldBe(SweepState.Finished);
        status.Count(JobState.Succeeded).ShouldBe(8);
        status.Count(JobState.Failed).ShouldBe(2);
        status.Reason.ShouldBeNull();
    }

    [Fact]
    public async Task Start_JobsFailWhileItStops_AreCountedAsTheirGrainsKnowThem()
    {
        for (var trial = 0; trial < 20; trial++)
        {
            var plan = Budgeted(Plans.Plan(images: 12, name: $"trial {trial}", generator: $"generator {trial}"), 0, FailureBudgetUnit.Jobs);
            await _silos.Sweep(plan.Id).Start(plan, null);
            var worker = new FakeWorker(_silos, "w", batch: 12) { Outcome = _ => Failure };
            var leases = await Eventually.Get(worker.Lease, l => l.Length > 0);

            await Task.WhenAll(leases.Select(worker.Finish));

            var stopped = await Status(plan, s => s.Finished);
            var jobs = await Task.WhenAll(plan.Jobs().Select(job => _silos.Job(job.Spec.Id).GetStatus()));
            stopped.Count(JobState.Failed).ShouldBe(jobs.Count(job => job.State == JobState.Failed));
            stopped.Problems.Values.Sum().ShouldBe(stopped.Count(JobState.Failed));
        }
    }

    [Fact]
    public async Task GetStatus_StoppedAndItsSiloReplaced_StillSaysWhy()
    {
        using var directory = new TemporaryDirectory();
        await using var silos = await TestSilos.StartAsync(directory.Path, silos: 2);
        var plan = Budgeted(Plans.Plan(images: 6), 0, FailureBudgetUnit.Percent);
        await using var worker = new FakeWorker(silos, "w", batch: 1) { Outcome = _ => Failure }.Start();
        await silos.Sweep(plan.Id).Start(plan, null);
        var before = await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished);

        await silos.ReplaceSiloOfAsync(silos.Sweep(plan.Id));

        var after = await Eventually.Get(() => Answer(silos, plan), s => s is { Finished: true });
        (after!.State, after.Reason).ShouldBe((SweepState.Stopped, before.Reason));
        after.Count(JobState.Failed).ShouldBe(before.Count(JobState.Failed));
        after.Count(JobState.Cancelled).ShouldBe(before.Count(JobState.Cancelled));
    }

    [Fact]
    public async Task Start_JobThatKillsEveryWorker_FailsAfterItsLimitAndItsMatesDoNot()
    {
        var plan = Plans.Plan(images: 4);
        var poison = plan.Jobs().First().Spec.Id;
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.Queued == 4);
        var killed = 0;
        while ((await _silos.Sweep(plan.Id).GetStatus())!.Finished == false)
        {
            killed.ShouldBeLessThan(40);
            var worker = new FakeWorker(_silos, $"w{killed}");
            var leases = await worker.Lease();
            foreach (var lease in leases)
                await _silos.Job(lease.Item.Id).Started(lease.Token, $"device {killed}");
            if (leases.Any(lease => lease.Item.Id == poison))
            {
                killed++;
                await _silos.Pool.Leave($"w{killed - 1}");
                await Eventually.Get(() => _silos.Job(poison).GetStatus(), job => job.State != JobState.Running);
                continue;
            }

            foreach (var lease in leases)
            {
                (await worker.Finish(lease)).ShouldBeTrue();
                await _silos.Pool.Return([new LeaseHold(lease.Item.Id, lease.Token)]);
            }

            if (leases.IsEmpty)
                await Task.Delay(20);
        }

        var status = (await _silos.Sweep(plan.Id).GetStatus())!;
        killed.ShouldBe(RetryRule.MaximumAttempts(FailureName.Lost));
        status.Count(JobState.Succeeded).ShouldBe(3);
        status
            .Problems.ShouldHaveSingleItem()
            .Key.ShouldBe($"Lost: Every worker that took it was lost, the last on device {killed - 1}: look at the logs of the silos.");
        (await _silos.Job(poison).GetStatus()).Attempts.ShouldBe(killed);
    }

    private static SweepPlan Budgeted(SweepPlan plan, int amount, FailureBudgetUnit unit) =>
        plan with
        {
            FailureBudget = new FailureBudget { Amount = amount, Unit = unit },
        };

    private static async Task<SweepStatus?> Answer(TestSilos silos, SweepPlan plan)
    {
        try
        {
            return await silos.Sweep(plan.Id).GetStatus();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    private Task<SweepStatus> Status(SweepPlan plan, Predicate<SweepStatus> condition) =>
        Eventually.Get(async () => (await _silos.Sweep(plan.Id).GetStatus())!, s => condition(s));
}
