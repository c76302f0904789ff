using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Devices;

public sealed class DeviceWorkerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly DeviceHealth _health = new();

    [Fact]
    public async Task StopAsync_WhileWorking_StopsWorkThenReleasesThenLeaves()
    {
        var pool = new FakePool(_time, jobs: 2);
        var workload = new SpinningWorkload();
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);
        await workload.Began;

        await worker.StopAsync(default);

        workload.Reasons.ShouldBe([StopReason.Draining, StopReason.Draining]);
        pool.Notes.ShouldBe(["started 1", "started 2", "released 1", "returned 1", "released 2", "returned 2", "left"]);
    }

    [Fact]
    public async Task Leaving_BeforeItIsStopped_DrainsAtOnce()
    {
        var pool = new FakePool(_time);
        var workload = new SpinningWorkload();
        using var leaving = new CancellationTokenSource();
        using var worker = Worker(pool, workload, leaving: leaving.Token);
        await worker.StartAsync(default);
        await workload.Began;

        await leaving.CancelAsync();

        await worker.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30));
        pool.Notes.ShouldBe(["started 1", "released 1", "returned 1", "left"]);
        await worker.StopAsync(default);
    }

    [Fact]
    public async Task StopAsync_OwnersDoNotAnswer_LeavesInTimeAllTheSame()
    {
        var pool = new FakePool(_time, jobs: 8) { AnswersRelease = false };
        var workload = new SpinningWorkload();
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);
        await workload.Began;

        var stopping = worker.StopAsync(default);
        _time.Advance(TimeSpan.FromSeconds(19));
        await workload.Reasoned;
        stopping.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(2));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));

        pool.Notes.ShouldContain("left");
    }

    [Fact]
    public async Task Renew_AnsweredLost_StopsTheWorkAndReportsNothing()
    {
        var pool = new FakePool(_time) { Renew = holds => [.. holds.Select(_ => LeaseVerdict.Lost)] };
        var workload = new SpinningWorkload();
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);
        await workload.Began;

        await Until.Done(workload.Ended, _time, Step);
        await worker.StopAsync(default);

        workload.Reasons.ShouldBe([StopReason.Lost]);
        pool.Notes.ShouldBe(["started 1", "left"]);
    }

    [Fact]
    public async Task Renew_AnsweredCancelled_StopsTheWorkAndReturnsTheLease()
    {
        var pool = new FakePool(_time, jobs: 2)
        {
            Renew = holds => [.. holds.Select(hold => hold.Token == 1 ? LeaseVerdict.Cancelled : LeaseVerdict.Held)],
        };
        var workload = new SpinningWorkload { EndsWhenAnyStops = true };
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);
        await workload.Began;

        // To the first renewal and no further: a lease that ran out before its answer was heard is lost, not cancelled.
        _time.Advance(FakePool.LeaseDuration / 3);
        await Until.Done(workload.Ended, _time, TimeSpan.Zero);
        await worker.StopAsync(default);

        workload.Reasons.ShouldBe([StopReason.Cancelled, StopReason.None]);
        pool.Notes.ShouldContain("returned 1");
        pool.Notes.ShouldNotContain("released 1");
        pool.Notes.ShouldContain("succeeded 2");
    }

    [Fact]
    public async Task Renew_PoolUnreachableUntilTheLeaseEnds_LosesTheWork()
    {
        var pool = new FakePool(_time) { Renew = _ => throw new TimeoutException("no answer") };
        var workload = new SpinningWorkload();
        var begun = _time.GetUtcNow();
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);
        await workload.Began;

        await Until.Done(workload.Ended, _time, Step);
        await worker.StopAsync(default);

        workload.Reasons.ShouldBe([StopReason.Lost]);
        (_time.GetUtcNow() - begun).ShouldBeGreaterThanOrEqualTo(FakePool.LeaseDuration);
        pool.Notes.ShouldBe(["started 1", "left"]);
    }

    [Fact]
    public async Task Renew_WhileWorkGoesOn_AsksEveryThirdOfTheLease()
    {
        var renewals = 0;
        var pool = new FakePool(_time)
        {
            Renew = holds => Interlocked.Increment(ref renewals) < 4 ? [LeaseVerdict.Held] : [LeaseVerdict.Cancelled],
        };
        var begun = _time.GetUtcNow();
        var workload = new SpinningWorkload();
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);
        await workload.Began;

        // Step by step, so that no tick is swallowed by the next.
        for (var i = 1; i <= 4; i++)
        {
            _time.Advance(FakePool.LeaseDuration / 3);
            await Until.Holds(() => Volatile.Read(ref renewals) == i, _time, TimeSpan.Zero);
        }

        await workload.Ended;
        (_time.GetUtcNow() - begun).ShouldBe(FakePool.LeaseDuration / 3 * 4);
        await worker.StopAsync(default);
    }

    [Fact]
    public async Task Started_RefusedByTheOwner_LosesTheWork()
    {
        var pool = new FakePool(_time) { AcceptsStart = false };
        var workload = new SpinningWorkload();
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);
        await workload.Ended;
        await worker.StopAsync(default);

        workload.Reasons.ShouldBe([StopReason.Lost]);
        pool.Notes.ShouldBe(["started 1", "left"]);
    }

    /// <summary>No renewal is due: the clock is stopped.</summary>
    [Theory]
    [InlineData(LeaseVerdict.Cancelled, StopReason.Cancelled, "returned 1")]
    [InlineData(LeaseVerdict.Lost, StopReason.Lost, null)]
    [InlineData(LeaseVerdict.Held, StopReason.Lost, null)]
    public async Task Progress_RefusedByTheOwner_AsksThePoolWhyAtOnce(LeaseVerdict verdict, StopReason reason, string? note)
    {
        var verdicts = 0;
        var pool = new FakePool(_time)
        {
            AcceptsProgress = false,
            Renew = _ => [Interlocked.Increment(ref verdicts) == 1 ? verdict : LeaseVerdict.Lost],
        };
        var workload = new ReportingWorkload();
        using var worker = Worker(pool, workload);
        await worker.StartAsync(default);

        (await workload.Reason).ShouldBe(reason);
        await worker.StopAsync(default);

        string[] notes = note is null ? ["started 1", "left"] : ["started 1", note, "left"];
        pool.Notes.ShouldBe(notes);
    }

    [Theory]
    [InlineData(StoreFailure.Full, FailureName.StoreUnavailable)]
    [InlineData(StoreFailure.Unavailable, FailureName.StoreUnavailable)]
    [InlineData(StoreFailure.Refused, FailureName.StoreUnavailable)]
    [InlineData(StoreFailure.Damaged, FailureName.BadInput)]
    [InlineData(StoreFailure.Newer, FailureName.BadInput)]
    public void Name_FailureOfTheStore_IsTheJobsFaultOnlyWhereAnArtifactIs(StoreFailure kind, FailureName name) =>
        FailureNaming.Name(new StoreException(kind, "it failed.")).ShouldBe(new JobFailure { Name = name, Message = "it failed." });

    [Theory]
    [InlineData(FailureName.BadInput)]
    [InlineData(FailureName.StoreUnavailable)]
    [InlineData(FailureName.Bug)]
    public async Task Run_Throws_FailsEveryItemByName(FailureName name)
    {
        var pool = new FakePool(_time, jobs: 2);
        Exception failure = name switch
        {
            FailureName.BadInput => new BadInputException("bad"),
            FailureName.StoreUnavailable => new StoreException(StoreFailure.Unavailable, "away"),
            _ => new InvalidOperationException("unforeseen"),
        };
        using var worker = Worker(pool, new ThrowingWorkload(failure));
        await worker.StartAsync(default);
        await Until.Holds(() => pool.Notes.Contains("returned 2"), _time, TimeSpan.Zero);
        await worker.StopAsync(default);

        pool.Notes.ShouldContain($"failed 1 {name}");
        pool.Notes.ShouldContain($"failed 2 {name}");
    }

    [Fact]
    public async Task Lease_FromAnEmptyPool_IsAskedForLessAndLessOften()
    {
        var pool = new FakePool(_time, jobs: 0);
        using var worker = Worker(pool, new SpinningWorkload());
        await worker.StartAsync(default);

        // 0.1 + 0.2 + 0.4 + 0.8 + 1.6 s, then every 2 s.
        var expected = new[] { 0.1, 0.2, 0.4, 0.8, 1.6, 2, 2 };
        for (var i = 0; i < expected.Length; i++)
        {
            await Until.Holds(() => pool.Asked == i + 1, _time, TimeSpan.Zero);
            await Task.Yield();
            _time.Advance(TimeSpan.FromSeconds(expected[i]) - TimeSpan.FromMilliseconds(1));
            pool.Asked.ShouldBe(i + 1);
            await Until.Holds(() => pool.Asked == i + 2, _time, TimeSpan.FromMilliseconds(1));
        }

        await worker.StopAsync(default);
    }

    [Fact]
    public async Task Run_ThreadMakesNoIterationForTheLimit_GivesItsLeasesUpAndSaysSoInHealth()
    {
        var pool = new FakePool(_time, jobs: 2);
        var workload = new HangingWorkload();
        using var worker = Worker(pool, workload, hangLimit: TimeSpan.FromMinutes(5));
        await worker.StartAsync(default);
        await workload.Began;
        for (var minute = 0; minute < 20; minute++)
        {
            // Iterations, each shorter than the limit.
            _time.Advance(TimeSpan.FromMinutes(1));
            workload.Beat();
            // The watch, which nothing tells of when it has found all well, gets the time to look.
            await Task.Delay(5);
        }

        _health.Problem.ShouldBeNull();
        await Until.Holds(() => pool.Notes.Contains("left"), _time, Step);

        _health.Problem.ShouldNotBeNull().ShouldEndWith("has made no iteration for more than 300 s; restart the silo.");
        workload.Reasons.ShouldBe([StopReason.Lost, StopReason.Lost]);
        await worker.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30));
        var asked = pool.Asked;
        workload.GoOn.Set();
        await workload.Ended;
        await worker.StopAsync(default);
        pool.Notes.ShouldBe(["started 1", "started 2", "left"]);
        pool.Asked.ShouldBe(asked);
    }

    [Theory]
    [InlineData("CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be asynchronously reported")]
    [InlineData("CUDA error: device-side assert triggered")]
    [InlineData("CUDA error: unspecified launch failure")]
    public async Task Run_DeviceIsLostToTheProcess_GivesItsLeasesUpAndEndsTheWorker(string message)
    {
        var pool = new FakePool(_time, jobs: 2);
        using var worker = Worker(pool, new ThrowingWorkload(new ExternalException(message)));
        await worker.StartAsync(default);

        var lost = await Should.ThrowAsync<DeviceLostException>(() => worker.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30)));

        lost.Message.ShouldContain($"is lost to this process, which has to be restarted ({message.Split('\n')[0]}).");
        _health.Problem.ShouldBe(lost.Message);
        pool.Notes.ShouldBe(["started 1", "started 2", "left"]);
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB")]
    [InlineData("CUDA error: invalid device ordinal")]
    [InlineData("illegal memory access in a file's name")]
    public async Task Run_AnotherErrorOfTheDevice_FailsTheJobsAndGoesOn(string message)
    {
        var pool = new FakePool(_time);
        using var worker = Worker(pool, new ThrowingWorkload(new ExternalException(message)));
        await worker.StartAsync(default);
        await Until.Holds(() => pool.Notes.Contains("returned 1"), _time, TimeSpan.Zero);
        await worker.StopAsync(default);

        pool.Notes.ShouldContain(note => note.StartsWith("failed 1", StringComparison.Ordinal));
        _health.Problem.ShouldBeNull();
        worker.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    // A clock that a test advances in leaps says nothing about its threads, so nothing hangs unless the test is about that.
    private DeviceWorker Worker(FakePool pool, IWorkload workload, TimeSpan? hangLimit = null, CancellationToken leaving = default) =>
        new(
            new DeviceOptions { Threads = 1, HangLimit = hangLimit ?? TimeSpan.FromDays(1000) },
            pool.Grains,
            [workload],
            _health,
            _time,
            NullLogger<DeviceWorker>.Instance,
            leaving
        );

    /// <summary>A kernel that does not come back until the test lets it.</summary>
    private sealed class HangingWorkload : IWorkload
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private WorkBatch? _batch;

        public Task Began => _began.Task;

        public Task Ended => _ended.Task;

        public ManualResetEventSlim GoOn { get; } = new();

        public StopReason[] Reasons => [.. _batch!.Works.Select(work => work.Stop)];

        public void Beat() => _batch!.Device.Thread.Beat();

        public bool Accepts(WorkItem item) => true;

        public async Task RunAsync(WorkBatch batch, CancellationToken draining)
        {
            _batch = batch;
            await batch.Device.Thread.RunAsync(() =>
            {
                _began.SetResult();
                GoOn.Wait();
            });
            foreach (var work in batch.Works)
                await work.YieldAsync();
            _ended.SetResult();
        }
    }

    private sealed class SpinningWorkload : IWorkload
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _reasoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Began => _began.Task;

        public Task Ended => _ended.Task;

        /// <summary>Done when the work has stopped and is about to be settled.</summary>
        public Task Reasoned => _reasoned.Task;

        public bool EndsWhenAnyStops { get; init; }

        public StopReason[] Reasons { get; private set; } = [];

        public bool Accepts(WorkItem item) => true;

        public async Task RunAsync(WorkBatch batch, CancellationToken draining)
        {
            await batch.Device.Thread.RunAsync(() =>
            {
                _began.SetResult();
                var spin = new SpinWait();
                while (EndsWhenAnyStops ? batch.Works.All(w => w.Stop == StopReason.None) : batch.Works.Any(w => w.Stop == StopReason.None))
                    spin.SpinOnce();
            });
            Reasons = [.. batch.Works.Select(work => work.Stop)];
            _reasoned.SetResult();
            foreach (var work in batch.Works)
                await (work.Stop == StopReason.None ? work.SucceedAsync() : work.YieldAsync());
            _ended.SetResult();
        }
    }

    /// <summary>Reports twice, as a run does whose events are handled later than they happen.</summary>
    private sealed class ReportingWorkload : IWorkload
    {
        private readonly TaskCompletionSource<StopReason> _reason = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<StopReason> Reason => _reason.Task;

        public bool Accepts(WorkItem item) => true;

        public async Task RunAsync(WorkBatch batch, CancellationToken draining)
        {
            var work = batch.Works[0];
            for (var i = 0; i < 2; i++)
                await work.ProgressAsync(
                    new JobProgress
                    {
                        Iteration = i,
                        Iterations = 9,
                        Loss = 1,
                        IterationsPerSecond = 1,
                    },
                    batch: 1
                );
            _reason.SetResult(work.Stop);
            await work.YieldAsync();
        }
    }

    private sealed class ThrowingWorkload(Exception failure) : IWorkload
    {
        public bool Accepts(WorkItem item) => true;

        public Task RunAsync(WorkBatch batch, CancellationToken draining) => Task.FromException(failure);
    }
}
