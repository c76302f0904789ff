using System.Diagnostics;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private TestSilos _silos = null!;

    public async Task InitializeAsync() => _silos = await TestSilos.StartAsync(_directory.Path);

    public async Task DisposeAsync()
    {
        await _silos.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Start_WithAWorker_FinishesEveryJobAndTellsItsWatcher()
    {
        var plan = Plans.Plan(images: 20, cells: 3);
        await using var worker = new FakeWorker(_silos, "w").Start();
        (await _silos.Sweep(plan.Id).Start(plan, traceParent: null)).Cells.Select(c => c.Label).ShouldBe(["cell 0", "cell 1", "cell 2"]);

        var events = new List<SweepEvent>();
        await foreach (var e in _silos.Sweep(plan.Id).Watch(0))
            events.Add(e);

        events[^1].Finished.ShouldBeTrue();
        events
            .Select(e => e.Job)
            .OfType<JobStatus>()
            .Where(j => j.State == JobState.Succeeded)
            .Select(j => j.Id)
            .Distinct()
            .Count()
            .ShouldBe(60);
        (await _silos.Sweep(plan.Id).GetUnfinished()).ShouldBeNull();
        var status = (await _silos.Sweep(plan.Id).GetStatus())!;
        status.Finished.ShouldBeTrue();
        status.Waiting.ShouldBeEmpty();
        status.Cells.ShouldAllBe(c => c.Jobs.Count == 1 && c.Jobs[JobState.Succeeded] == 20);
        await worker.LeaveAsync();
        worker.Accepted.Count.ShouldBe(60);
    }

    [Fact]
    public async Task GetStatus_OfAJobThatRunsAndEnds_TellsSinceWhenAndTheTraceOfItsAttempt()
    {
        const string Trace = "00112233445566778899aabbccddeeff";
        var plan = Plans.Plan(images: 1);
        var job = _silos.Job(plan.Jobs().Single().Spec.Id);
        await using var worker = new FakeWorker(_silos, "w");
        (await worker.Lease()).ShouldBeEmpty("it only announces the device");
        var began = DateTimeOffset.UtcNow;
        await _silos.Sweep(plan.Id).Start(plan, traceParent: null);
        var lease = (await Eventually.Get(worker.Lease, leases => !leases.IsEmpty))[0];
        var waiting = await job.GetStatus();
        (waiting.State, waiting.TraceId).ShouldBe((JobState.Queued, null));
        waiting.Since.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(began);

        RequestContext.Set(PmSFCTelemetry.TraceIdEntry, Trace);
        await worker.Owner(lease.Item).Started(lease.Token, "d");
        RequestContext.Remove(PmSFCTelemetry.TraceIdEntry);
        var running = await Eventually.Get(async () => (await _silos.Sweep(plan.Id).GetStatus())!, sweep => sweep.Running.Length == 1);
        running.Running[0].TraceId.ShouldBe(Trace);
        running.Running[0].Since.ShouldNotBeNull().ShouldBeGreaterThan(waiting.Since.Value);
        await worker
            .Owner(lease.Item)
            .Progressed(
                lease.Token,
                new JobProgress
                {
                    Iteration = 1,
                    Iterations = 2,
                    Loss = 1,
                    IterationsPerSecond = 1,
                }
            );
        (await job.GetStatus()).Since.ShouldBe(running.Running[0].Since);

        await worker.Finish(lease);
        var done = await job.GetStatus();
        (done.State, done.TraceId).ShouldBe((JobState.Succeeded, Trace));
        done.Since.ShouldNotBeNull().ShouldBeGreaterThan(running.Running[0].Since!.Value);
    }

    [Fact]
    public async Task Start_PlanOfAnotherId_IsRefusedWithASentence()
    {
        var plan = Plans.Plan(images: 1);
        var refusal = await Should.ThrowAsync<BadInputException>(() => _silos.Sweep("other").Start(plan, traceParent: null));
        refusal.Message.ShouldContain(plan.Id);
        (await _silos.Sweep("other").GetStatus()).ShouldBeNull();
    }

    /// <summary>Whoever starts a sweep again may have removed what was damaged, whether the sweep still runs or not.</summary>
    [Theory]
    [InlineData("finished")]
    [InlineData("running")]
    public async Task Start_ResultThatHasGone_IsMadeAgainAndNoOther(string phase)
    {
        var plan = Plans.Plan(images: 3);
        var (holds, begun) = (phase == "running", 0);
        await using var worker = new FakeWorker(_silos, "w", batch: 1)
        {
            Work = async _ =>
            {
                if (++begun == 3)
                    await Eventually.Get(() => Task.FromResult(holds), held => !held);
            },
        }.Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Count(JobState.Succeeded) >= (holds ? 2 : 3));

        var gone = (await Eventually.Get(() => Task.FromResult(worker.Accepted.Keys.ToArray()), accepted => accepted.Length >= 2))[0];
        await _silos.Store.DeleteAsync(ArtifactNames.JobResult(gone));
        await _silos.Sweep(plan.Id).Start(plan, null);
        holds = false;
        await Eventually.Get(() => Task.FromResult(worker.Accepted), accepted => accepted.Values.Sum(tokens => tokens.Count) == 4);
        await Status(plan, s => s.Finished && s.Count(JobState.Succeeded) == 3);

        (await _silos.Store.ExistsAsync(ArtifactNames.JobResult(gone))).ShouldBeTrue();
        await worker.LeaveAsync();
        worker.Accepted[gone].Count.ShouldBe(2);
    }

    [Fact]
    public async Task Start_SubspacesThatHaveGoneWhileAllResultsAreThere_AreFoundAgain()
    {
        var set = Plans.Subspaces("self-expressive");
        var plan = Plans.Plan(images: 2, subspaces: set);
        await using var worker = new FakeWorker(_silos, "w").Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished);

        await _silos.Store.DeleteAsync(ArtifactNames.SubspaceSet(set.Id));
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished);

        (await _silos.Store.ExistsAsync(ArtifactNames.SubspaceSet(set.Id))).ShouldBeTrue();
        await worker.LeaveAsync();
        (worker.Accepted[set.Id].Count, worker.Accepted.Values.Sum(tokens => tokens.Count)).ShouldBe((2, 4));
    }

    [Fact]
    [Trait("Runs", "alone")]
    public async Task Cancel_TenThousandJobs_GivesOutNoneWithinTwoSecondsAndStopsWhatRuns()
    {
        var plan = Plans.Plan(images: 2500, cells: 4);
        await _silos.Sweep(plan.Id).Start(plan, traceParent: null);
        var worker = new FakeWorker(_silos, "w");
        var held = await Eventually.Get(worker.Lease, leases => leases.Length == 4);
        foreach (var lease in held)
            (await worker.Owner(lease.Item).Started(lease.Token, "d")).ShouldBeTrue();
        await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.Queued > 32);
        (await _silos.Pool.GetStatus()).Queued.ShouldBeLessThanOrEqualTo(64, "the queue holds what devices may take next, not the sweep");

        var clock = Stopwatch.StartNew();
        var status = await _silos.Sweep(plan.Id).Cancel();
        (await worker.Lease()).ShouldBeEmpty();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));

        status.Count(JobState.Cancelled).ShouldBe(10_000);
        (await _silos.Pool.Renew("w", [.. held.Select(lease => new LeaseHold(lease.Item.Id, lease.Token))])).ShouldAllBe(verdict =>
            verdict == LeaseVerdict.Cancelled
        );
    }

    [Fact]
    public async Task Start_CheckpointsAndPreviewsThatADeadSiloLeft_GoWithTheEndOfTheSweepWhereTheirResultsAreStored()
    {
        var (plan, other) = (Plans.Plan(images: 3), Plans.Plan(images: 1, generator: "another"));
        var ids = plan.Jobs().Select(job => job.Spec.Id).ToArray();
        var kept = new[] { ArtifactNames.Checkpoint(ids[2], 9), ArtifactNames.Checkpoint(other.Jobs().Single().Spec.Id, 9) };
        var shown = new[] { ArtifactNames.Preview(ids[2]), ArtifactNames.PreviewPicture(ids[2]) };
        string[] needless =
        [
            ArtifactNames.Checkpoint(ids[0], 4),
            ArtifactNames.Checkpoint(ids[0], 5),
            ArtifactNames.Checkpoint(ids[1], 6),
            ArtifactNames.Preview(ids[0]),
            ArtifactNames.PreviewPicture(ids[0]),
        ];
        foreach (var name in needless.Concat(kept).Concat(shown))
            await _silos.Store.WriteOnceAsync(name, new byte[] { 1 });
        await _silos.Store.WriteOnceAsync(ArtifactNames.JobResult(ids[0]), "{}"u8.ToArray());
        var failure = new JobFailure { Name = FailureName.BadInput, Message = "It is no image." };
        await using var worker = new FakeWorker(_silos, "w") { Outcome = item => item.Id == ids[2] ? failure : null }.Start();

        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished);

        var left = await _silos.Store.ListAsync(ArtifactNames.AllCheckpoints).ToArrayAsync();
        left.Order().ShouldBe(kept.Order());
        (await _silos.Store.ListAsync(ArtifactNames.Previews).ToArrayAsync()).ShouldBe(shown);
    }

    [Fact]
    public async Task GetStatus_NoDevice_GivesTheReasonForEveryJob()
    {
        var plan = Plans.Plan(images: 5);
        await _silos.Sweep(plan.Id).Start(plan, traceParent: null);
        var status = await Status(plan, s => s.Waiting.Keys.SequenceEqual(["no device is connected"]));
        status.Waiting.Values.Sum().ShouldBe(5);
        status.Count(JobState.WaitingForCapacity).ShouldBe(5);
        (await _silos.Sweep(plan.Id).GetUnfinished())!
            .WaitingSince.ShouldHaveSingleItem()
            .Value.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        (await _silos.Sweep("other").GetUnfinished()).ShouldBeNull();
    }

    [Fact]
    public async Task PoolStatus_DeviceThatHoldsABatch_TellsOfIt()
    {
        var plan = Plans.Plan(images: 3, bytes: 100);
        await _silos.Sweep(plan.Id).Start(plan, traceParent: null);
        await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.Queued == 3);
        (
            await Eventually.Get(() => _silos.Pool.GetStatus(), pool => pool.OldestWaiting > TimeSpan.FromMilliseconds(10))
        ).OldestWaiting!.Value.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        var worker = new FakeWorker(_silos, "w", batch: 3, bytes: 1_000);
        var leases = await worker.Lease();
        await _silos.Pool.Renew(
            "w",
            [
                new LeaseHold(leases[0].Item.Id, leases[0].Token)
                {
                    Measured = new MeasuredWork
                    {
                        Iteration = 1,
                        Iterations = 3,
                        SecondsPerIteration = 1,
                    },
                },
            ]
        );

        var pool = await _silos.Pool.GetStatus();

        pool.OldestWaiting.ShouldBeNull();
        var device = pool.Devices.ShouldHaveSingleItem();
        (device.Leases, device.MemoryBytes, device.BatchBytes).ShouldBe((3, 1_000, 300));
        device.BusyShare!.Value.ShouldBeInRange(0.5, 1);
        (device.Batch!.Kind, device.Batch.Method, device.Batch.Iteration, device.Batch.Iterations).ShouldBe(
            (WorkKind.Inversion, "fake", 1, 3)
        );
        device.Batch.SweepIds.ShouldBe([plan.Id]);
        device.Batch.ItemIds.ShouldBe(plan.Jobs().Select(job => job.Spec.Id), ignoreOrder: true);
        await _silos.Pool.Return([.. leases.Select(lease => new LeaseHold(lease.Item.Id, lease.Token))]);
        device = (await _silos.Pool.GetStatus()).Devices.ShouldHaveSingleItem();
        (device.Leases, device.Batch, device.BatchBytes).ShouldBe((0, null, null));
        device.BusyShare!.Value.ShouldBeInRange(0.01, 1);
    }

    [Fact]
    public async Task GetStatus_OnlySmallDevices_SaysWhatIsNeededUntilALargeOneComes()
    {
        var plan = Plans.Plan(images: 2, bytes: (long)(5.2 * (1 << 30)));
        await using var small = new FakeWorker(_silos, "small", bytes: 3L << 30).Start();
        await _silos.Sweep(plan.Id).Start(plan, traceParent: null);
        await Status(plan, s => s.Waiting.GetValueOrDefault("needs 5.2 GiB, the largest device offers 3.0 GiB") == 2);
        small.Leases.ShouldBeEmpty();
        await using var large = new FakeWorker(_silos, "large", bytes: 8L << 30).Start();
        await Status(plan, s => s.Finished && s.Count(JobState.Succeeded) == 2);
    }

    [Fact]
    public async Task Start_TwoClientsAtOnce_IsOneSweepWhoseJobsRunOnce()
    {
        var plan = Plans.Plan(images: 30);
        await using var worker = new FakeWorker(_silos, "w").Start();
        await Task.WhenAll(_silos.Sweep(plan.Id).Start(plan, null), _silos.Sweep(plan.Id).Start(plan with { Name = "the same" }, null));
        await Status(plan, s => s.Finished);
        worker.Leases.Select(l => l.Item.Id).Order().ShouldBe(plan.Jobs().Select(j => j.Spec.Id).Order());
        worker.Leases.Select(l => l.Item.Request.Round).Distinct().ShouldBe([1]);
    }

    [Fact]
    public async Task Start_TwoSweepsThatShareJobsAndSubspaces_DoesEachOnce()
    {
        var learned = Plans.Subspaces("learned");
        var random = Plans.Subspaces("random", sizesOf: learned);
        var (a, b) = (Plans.Plan(images: 3, subspaces: random), Plans.Plan(images: 6, subspaces: random));
        await using var worker = new FakeWorker(_silos, "w").Start();
        await Task.WhenAll(_silos.Sweep(a.Id).Start(a, null), _silos.Sweep(b.Id).Start(b, null));
        await Task.WhenAll(Status(a, s => s.Finished), Status(b, s => s.Finished));

        var order = worker.Leases.Select(l => l.Item.Id).ToArray();
        order.ShouldBeUnique();
        order.Length.ShouldBe(2 + 6);
        order[..2].ShouldBe([learned.Id, random.Id]);
        worker.Leases.Skip(2).ShouldAllBe(l => l.Item.Job!.SubspaceSetId == random.Id);
    }

    [Fact]
    public async Task Start_DiscoveryFails_FailsItsJobsByNameAndStartAgainTriesAnew()
    {
        var learned = Plans.Subspaces("learned");
        var plan = Plans.Plan(images: 3, subspaces: Plans.Subspaces("random", sizesOf: learned));
        var failure = new JobFailure { Name = FailureName.BadInput, Message = "More subspaces than channels." };
        var failing = new FakeWorker(_silos, "w") { Outcome = item => item.Discovery is null ? null : failure }.Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        var status = await Status(plan, s => s.Finished);
        status.Failures[FailureName.BadInput].ShouldBe(3);
        failing.Leases.Count.ShouldBe(1);
        await failing.DisposeAsync();

        await using var worker = new FakeWorker(_silos, "w2").Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Count(JobState.Succeeded) == 3 && s.Finished);
    }

    [Fact]
    public async Task Start_TwoSweepsThatNeedTheSameNetwork_TrainsItOnceAndFirst()
    {
        var network = Plans.Network("encoder");
        var (a, b) = (Plans.Plan(images: 3, network: network), Plans.Plan(images: 6, network: network));
        await using var worker = new FakeWorker(_silos, "w").Start();
        await Task.WhenAll(_silos.Sweep(a.Id).Start(a, null), _silos.Sweep(b.Id).Start(b, null));
        await Task.WhenAll(Status(a, s => s.Finished), Status(b, s => s.Finished));

        var order = worker.Leases.Select(l => l.Item).ToArray();
        order.Select(item => item.Id).ShouldBeUnique();
        order.Length.ShouldBe(1 + 6);
        order[0].Training.ShouldBe(network);
        order.Skip(1).ShouldAllBe(item => item.Job!.NetworkId == network.Id);
    }

    [Fact]
    public async Task Start_JobsThatNeedSubspacesAndANetwork_WaitForBoth()
    {
        var (learned, network) = (Plans.Subspaces("learned"), Plans.Network("encoder"));
        var plan = Plans.Plan(images: 2, subspaces: learned, network: network);
        await _silos.Sweep(plan.Id).Start(plan, null);
        var worker = new FakeWorker(_silos, "w", batch: 1);
        var first = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        var second = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        new[] { first.Item.Id, second.Item.Id }.ShouldBe([learned.Id, network.Id], ignoreOrder: true);

        (await worker.Finish(first.Item.Discovery is not null ? first : second)).ShouldBeTrue();
        await Status(plan, s => s.Count(JobState.WaitingForNetwork) == 2 && s.Preparations.Single().Kind == PreparationKind.Network);
        (await worker.Lease()).ShouldBeEmpty();

        (await worker.Finish(first.Item.Training is not null ? first : second)).ShouldBeTrue();
        (await Eventually.Get(worker.Lease, l => l.Length == 1))[0].Item.Job!.NetworkId.ShouldBe(network.Id);
    }

    [Fact]
    public async Task Start_TrainingFails_FailsItsJobsByNameAndSaysWhy()
    {
        var plan = Plans.Plan(images: 3, network: Plans.Network("encoder"));
        var failure = new JobFailure { Name = FailureName.BadInput, Message = "There is no such training." };
        await using var failing = new FakeWorker(_silos, "w") { Outcome = item => item.Training is null ? null : failure }.Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        var status = await Status(plan, s => s.Finished);

        status.Failures[FailureName.BadInput].ShouldBe(3);
        failing.Leases.Count.ShouldBe(1);
        var events = new List<SweepEvent>();
        await foreach (var e in _silos.Sweep(plan.Id).Watch(0))
            events.Add(e);
        events
            .Where(e => e.Job is not null)
            .ShouldAllBe(e => e.Job!.Failure!.Message.StartsWith("Its network could not be trained: There is no"));
    }

    [Theory]
    [InlineData(FailureName.BadInput, 1)]
    [InlineData(FailureName.OutOfMemory, 2)]
    [InlineData(FailureName.Diverged, 1)]
    [InlineData(FailureName.Bug, 3)]
    public async Task Start_JobThatAlwaysFails_IsTriedAsOftenAsItsRuleSaysAndAsOftenAgainWhenStartedAgain(FailureName name, int attempts)
    {
        var plan = Plans.Plan(images: 2);
        var bad = plan.Jobs().First().Spec.Id;
        await using var worker = new FakeWorker(_silos, "w")
        {
            Outcome = item => item.Id == bad ? new JobFailure { Name = name, Message = "It went wrong." } : null,
        }.Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        var status = await Status(plan, s => s.Finished);
        status.Failures.ShouldHaveSingleItem().Key.ShouldBe(name);
        status.Count(JobState.Succeeded).ShouldBe(1);
        worker.Leases.Count(l => l.Item.Id == bad).ShouldBe(attempts);

        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished && worker.Leases.Count(l => l.Item.Id == bad) == 2 * attempts);
        (await _silos.Job(bad).GetStatus()).Failure!.Message.ShouldBe("It went wrong.");
    }

    [Fact]
    public async Task Start_WorkerVanishes_JobIsLostNotFailedAndGoesOn()
    {
        using var directory = new TemporaryDirectory();
        await using var silos = await TestSilos.StartAsync(directory.Path, lease: TimeSpan.FromSeconds(1));
        var plan = Plans.Plan(images: 1);
        var job = plan.Jobs().Single().Spec;
        await silos.Sweep(plan.Id).Start(plan, null);
        var vanishing = new FakeWorker(silos, "vanishing");
        var lost = (await Eventually.Get(vanishing.Lease, l => l.Length == 1))[0];
        (await silos.Job(job.Id).Started(lost.Token, "a device")).ShouldBeTrue();

        var status = await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Count(JobState.Lost) == 1);
        status.Failures.ShouldBeEmpty();
        status.Waiting.ShouldHaveSingleItem().Key.ShouldStartWith("its worker was lost");

        await using var worker = new FakeWorker(silos, "w").Start();
        await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished && s.Count(JobState.Succeeded) == 1);
        (await silos.Job(job.Id).GetStatus()).Attempts.ShouldBe(2);
        (
            await silos
                .Job(job.Id)
                .Progressed(
                    lost.Token,
                    new JobProgress
                    {
                        Iteration = 1,
                        Iterations = 2,
                        Loss = 1,
                        IterationsPerSecond = 1,
                    }
                )
        ).ShouldBeFalse();
        (await silos.Job(job.Id).Succeeded(lost.Token)).ShouldBeFalse();
        (await silos.Job(job.Id).Failed(lost.Token, new JobFailure { Name = FailureName.Bug, Message = "late" })).ShouldBeFalse();
        (await silos.Pool.Renew("vanishing", [new LeaseHold(job.Id, lost.Token)])).ShouldBe([LeaseVerdict.Lost]);
        (await silos.Job(job.Id).GetStatus()).State.ShouldBe(JobState.Succeeded);
    }

    [Fact]
    public async Task Leave_WorkerThatHoldsWork_GivesItToAnotherAtOnce()
    {
        var plan = Plans.Plan(images: 1);
        await _silos.Sweep(plan.Id).Start(plan, null);
        var leaving = new FakeWorker(_silos, "leaving");
        var held = (await Eventually.Get(leaving.Lease, l => l.Length == 1))[0];
        await _silos.Pool.Leave("leaving");
        var next = (await Eventually.Get(new FakeWorker(_silos, "next").Lease, l => l.Length == 1))[0];
        next.Token.ShouldBeGreaterThan(held.Token);
    }

    [Fact]
    public async Task Released_ByADrainingWorker_IsQueuedAgainAndIsNoFailure()
    {
        var plan = Plans.Plan(images: 1);
        await _silos.Sweep(plan.Id).Start(plan, null);
        var draining = new FakeWorker(_silos, "draining");
        var held = (await Eventually.Get(draining.Lease, l => l.Length == 1))[0];
        var job = _silos.Job(held.Item.Id);
        await job.Started(held.Token, "d");
        (await job.Released(held.Token)).ShouldBeTrue();
        (await job.Released(held.Token)).ShouldBeFalse("a repeated report does nothing");
        await _silos.Pool.Return([new LeaseHold(held.Item.Id, held.Token)]);
        (await job.GetStatus()).Failure.ShouldBeNull();
        (await Eventually.Get(new FakeWorker(_silos, "next").Lease, l => l.Length == 1))[0].Token.ShouldBeGreaterThan(held.Token);
    }

    [Fact]
    public async Task Succeeded_WithoutAStoredResult_IsABug()
    {
        var plan = Plans.Plan(images: 1);
        await _silos.Sweep(plan.Id).Start(plan, null);
        var held = (await Eventually.Get(new FakeWorker(_silos, "liar").Lease, l => l.Length == 1))[0];
        await _silos.Job(held.Item.Id).Succeeded(held.Token);
        var status = await _silos.Job(held.Item.Id).GetStatus();
        status.State.IsFinal().ShouldBeFalse();
        status.Failure!.Name.ShouldBe(FailureName.Bug);
    }

    [Fact]
    public async Task Cancel_WhileJobsRun_StopsThemKeepsResultsAndLeasesNothingMore()
    {
        var plan = Plans.Plan(images: 20);
        var worker = new FakeWorker(_silos, "w", batch: 1);
        await _silos.Sweep(plan.Id).Start(plan, null);
        var done = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        (await worker.Finish(done)).ShouldBeTrue();
        await _silos.Pool.Return([new LeaseHold(done.Item.Id, done.Token)]);
        var running = (await worker.Lease())[0];
        await _silos.Job(running.Item.Id).Started(running.Token, "d");

        var status = await _silos.Sweep(plan.Id).Cancel();

        status.Count(JobState.Succeeded).ShouldBe(1);
        status.Count(JobState.Cancelled).ShouldBe(19);
        status.Finished.ShouldBeTrue();
        (await worker.Lease()).ShouldBeEmpty();
        (await _silos.Pool.Renew("w", [new LeaseHold(running.Item.Id, running.Token)])).ShouldBe([LeaseVerdict.Cancelled]);
        (await _silos.Job(running.Item.Id).Progressed(running.Token, Progress)).ShouldBeFalse();

        await using var second = new FakeWorker(_silos, "w2").Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Count(JobState.Succeeded) == 20);
        second.Leases.Count.ShouldBe(19);
    }

    [Fact]
    public async Task Cancel_JobThatAnotherSweepWants_GoesOn()
    {
        var (small, large) = (Plans.Plan(images: 1), Plans.Plan(images: 2));
        await _silos.Sweep(small.Id).Start(small, null);
        await _silos.Sweep(large.Id).Start(large, null);
        await Eventually.Get(() => _silos.Pool.GetStatus(), s => s.Queued == 2);
        await _silos.Sweep(large.Id).Cancel();
        (await _silos.Pool.GetStatus()).Queued.ShouldBe(1);
        await using var worker = new FakeWorker(_silos, "w").Start();
        await Status(small, s => s.Finished && s.Count(JobState.Succeeded) == 1);
    }

    [Fact]
    public async Task Start_NewClusterOnTheSameStore_DoesOnlyWhatIsMissing()
    {
        var plan = Plans.Plan(images: 12);
        foreach (var job in plan.Jobs().Take(5))
            await FakeWorker.StoreResult(
                _silos.Store,
                WorkItem.For(
                    job.Spec,
                    new WorkRequest
                    {
                        SweepId = "",
                        Owner = "",
                        Priority = 0,
                        BytesPerJob = 0,
                    }
                )
            );
        await using var worker = new FakeWorker(_silos, "w").Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished);
        worker.Leases.Count.ShouldBe(7);

        await _silos.DisposeAsync();
        _silos = await TestSilos.StartAsync(_directory.Path);
        (await _silos.Sweep(plan.Id).GetStatus())!.Count(JobState.Succeeded).ShouldBe(12, "a finished sweep is remembered");
        await using var idle = new FakeWorker(_silos, "idle").Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished);
        idle.Leases.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_OfEverySilo_RunningSweepGoesOnWithoutAClient()
    {
        var plan = Plans.Plan(images: 10);
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Eventually.Get(() => _silos.Pool.GetStatus(), s => s.Queued == 10);
        await _silos.DisposeAsync();
        _silos = await TestSilos.StartAsync(_directory.Path);
        await using var worker = new FakeWorker(_silos, "w").Start();
        await Eventually.Get(() => Task.FromResult(worker.Accepted.Count), n => n == 10);
    }

    [Fact]
    public async Task Watch_ResumedFromASequence_GivesWhatCameAfterWithoutGaps()
    {
        var plan = Plans.Plan(images: 8);
        var first = new List<SweepEvent>();
        await using var worker = new FakeWorker(_silos, "w", batch: 1).Start();
        var start = await _silos.Sweep(plan.Id).Start(plan, null);
        await foreach (var e in _silos.Sweep(plan.Id).Watch(start.Sequence))
        {
            first.Add(e);
            if (first.Count == 5)
                break;
        }

        await foreach (var e in _silos.Sweep(plan.Id).Watch(first[^1].Sequence))
            first.Add(e);
        first.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, first.Count).Select(i => start.Sequence + i));
    }

    [Fact]
    public async Task Watch_FinishedSweep_GivesTheLatestStatesAndEnds()
    {
        var plan = Plans.Plan(images: 4);
        await using var worker = new FakeWorker(_silos, "w").Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        await Status(plan, s => s.Finished);
        var events = new List<SweepEvent>();
        await foreach (var e in _silos.Sweep(plan.Id).Watch(0))
            events.Add(e);
        events.Count(e => e.Job?.State == JobState.Succeeded).ShouldBe(4);
        events[^1].Finished.ShouldBeTrue();
    }

    [Fact]
    public async Task Start_StoreDoesNotAnswer_SaysSoAndGoesOnWhenItDoes()
    {
        using var directory = new TemporaryDirectory();
        var store = new MoodyStore(new DirectoryArtifactStore(directory.Path)) { Away = true };
        await using var silos = await TestSilos.StartAsync(directory.Path, store: store);
        var plan = Plans.Plan(images: 3);
        await using var worker = new FakeWorker(silos, "w").Start();
        await silos.Sweep(plan.Id).Start(plan, null);
        await Eventually.Get(
            async () => (await silos.Sweep(plan.Id).GetStatus())!,
            s => s.Waiting.GetValueOrDefault(MoodyStore.Complaint) == 3
        );
        store.Away = false;
        await Eventually.Get(async () => (await silos.Sweep(plan.Id).GetStatus())!, s => s.Finished && s.Count(JobState.Succeeded) == 3);
    }

    [Fact]
    public async Task Start_CallerThatWaitsNoLonger_EndsTheCallInTheGrain()
    {
        using var directory = new TemporaryDirectory();
        var store = new MoodyStore(new DirectoryArtifactStore(directory.Path)) { Hangs = true };
        await using var silos = await TestSilos.StartAsync(directory.Path, store: store);
        var plan = Plans.Plan(images: 1);
        using var caller = new CancellationTokenSource();
        var start = silos.Sweep(plan.Id).Start(plan, null, caller.Token);
        await Eventually.Holds(() => store.Hanging == 1);

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => start);
        await Eventually.Holds(() => store.Hanging == 0);
        (await silos.Sweep(plan.Id).GetStatus()).ShouldBeNull();
        store.Hangs = false;
        (await silos.Sweep(plan.Id).Start(plan, null)).State.ShouldBe(SweepState.Running);
    }

    [Fact]
    public async Task GetCard_StoredAndMissingGenerator_IsTheCardOrNull()
    {
        var card = new GeneratorCard
        {
            Id = "g1",
            Name = "n",
            Layout = "l",
            Resolution = 64,
            LatentSize = 8,
            Channels = [4, 2],
        };
        await _silos.Store.WriteOnceAsync(ArtifactNames.GeneratorCard("g1"), ArtifactJson.Write(card));
        (await _silos.Grains.GetGrain<IGeneratorGrain>("g1").GetCard())!.Channels.ShouldBe([4, 2]);
        (await _silos.Grains.GetGrain<IGeneratorGrain>("g2").GetCard()).ShouldBeNull();
    }

    [Fact]
    public async Task Plan_SpecWithIssues_ComesBackFromTheSilosPlanner()
    {
        var spec = new SweepSpec
        {
            Name = "n",
            GeneratorId = "g",
            Task = "t",
            Images = [],
            Methods = [],
            Seed = 0,
            Owner = "o",
            Priority = 0,
        };
        var outcome = await _silos.Grains.GetGrain<ISweepPlannerGrain>(0).Plan(spec);
        outcome.Issues.ShouldHaveSingleItem().Message.ShouldBe("'n' has none.");
    }

    private static JobProgress Progress =>
        new()
        {
            Iteration = 1,
            Iterations = 3,
            Loss = 0.5,
            IterationsPerSecond = 2,
        };

    private Task<SweepStatus> Status(SweepPlan plan, Func<SweepStatus, bool> condition) =>
        Eventually.Get(async () => (await _silos.Sweep(plan.Id).GetStatus())!, condition);
}
