using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Grains.Tests.Sweeps.Simulation;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps;

/// <summary>Large sweeps without a silo.</summary>
public sealed class SweepControlTests : IDisposable
{
    private const int Jobs = 10_000;

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SweepPlan _plan = Plans.Plan(images: 2500, cells: 4);
    private readonly SweepOptions _options = new();
    private readonly SimulatedCalls _calls = new(new Random(1)) { IsFaulty = false };
    private readonly DurableRecord _durable = new();
    private readonly Work _work;

    public SweepControlTests()
    {
        _work = new Work(_time);
        _durable.Replace(new SweepRecord { Phase = SweepPhase.Running, Round = 1 }, etag: null);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Cancel_SlowSweepOfAnEarlierActivation_AnswersSoonAndLeavesTheRestToShortTurns()
    {
        var (control, sweep) = await Activate();

        var status = await Wait(control.CancelAsync(CancellationToken.None));

        (status.State, status.Finished).ShouldBe((SweepState.Cancelled, false));
        _durable.Value.Phase.ShouldBe(SweepPhase.Cancelling);
        _work.Abandoned.ShouldBeInRange(1, Jobs / 10);
        while (control.TurnIsDue && sweep.Record.IsActive)
        {
            var before = _work.Abandoned;
            await Wait(control.TurnAsync(CancellationToken.None));
            (_work.Abandoned - before).ShouldBeLessThanOrEqualTo(_options.Concurrency);
        }

        (sweep.Record.Phase, _work.Abandoned).ShouldBe((SweepPhase.Cancelled, Jobs));
        sweep.Describe().Count(JobState.Cancelled).ShouldBe(Jobs);
    }

    [Fact]
    public async Task Pause_BetweenTwoTurnsOfAPass_EndsThePass()
    {
        var (control, sweep) = await Activate();
        for (var turn = 0; turn < 3; turn++)
            await Wait(control.TurnAsync(CancellationToken.None));
        control.TurnIsDue.ShouldBeTrue();
        sweep.Tracker!.Jobs.All.Count(job => job.Examined).ShouldBe(3 * _options.Concurrency);

        await Wait(control.PauseAsync(CancellationToken.None));
        while (control.TurnIsDue && sweep.Record.IsActive)
            await Wait(control.TurnAsync(CancellationToken.None));

        (sweep.Record.Phase, _work.Ensured).ShouldBe((SweepPhase.Paused, 0));
        sweep.Tracker.Jobs.All.Count(job => job.Examined).ShouldBe(3 * _options.Concurrency);
    }

    [Fact]
    public async Task Cancel_CallerThatWaitsNoLonger_IsStoredAndGoesOn()
    {
        var (control, sweep) = await Activate();
        using var caller = new CancellationTokenSource();
        _work.Abandoning = caller.Cancel;

        await Should.ThrowAsync<OperationCanceledException>(() => Wait(control.CancelAsync(caller.Token)));

        (sweep.Record.Phase, control.TurnIsDue).ShouldBe((SweepPhase.Cancelling, true));
        while (sweep.Record.IsActive)
            await Wait(control.TurnAsync(CancellationToken.None));
        sweep.Describe().Count(JobState.Cancelled).ShouldBe(Jobs);
    }

    [Fact]
    public async Task Turn_RecordThatCannotBeReadAfterAWriteThatFailed_WaitsForThePeriodAndDecidesNothing()
    {
        var (control, sweep) = await Activate(new AwayState(_durable.Value));
        var plan = _plan with
        {
            FailureBudget = new FailureBudget { Amount = 1, Unit = FailureBudgetUnit.Jobs },
        };

        await Should.ThrowAsync<StoreException>(() => control.StartAsync(plan, traceParent: null, CancellationToken.None));
        await control.TurnAsync(CancellationToken.None);

        (control.TurnIsDue, sweep.NeedsTurns).ShouldBe((false, true));
        (sweep.Record.FailureBudget, sweep.Reason).ShouldBe((null, AwayState.Complaint));
        sweep.Tracker!.Jobs.All.ShouldAllBe(job => !job.Examined);
    }

    private async Task<(SweepControl Control, Sweep Sweep)> Activate(IPersistentState<SweepRecord>? state = null)
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        await store.PutAsync(ArtifactNames.SweepPlan(_plan.Id), ArtifactJson.Write(_plan));
        var sweep = new Sweep(_plan.Id, new StoredRecord(state ?? new SimulatedState(_durable, _calls, new Life())), eventsKept: 16, _time);
        return (new SweepControl(sweep, _work, store, _options, _time, NullLogger.Instance), sweep);
    }

    private async Task<T> Wait<T>(Task<T> task)
    {
        await Wait((Task)task);
        return await task;
    }

    private async Task Wait(Task task)
    {
        for (; !task.IsCompleted; await Task.Yield())
        {
            if (_calls.Open > 0)
                _calls.Step();
        }

        await task;
    }

    /// <summary>A record in a store that cannot be reached.</summary>
    private sealed class AwayState(SweepRecord record) : IPersistentState<SweepRecord>
    {
        public const string Complaint = "the store does not answer: check that it runs.";

        public SweepRecord State { get; set; } = record;

        public string Etag => "1";

        public bool RecordExists => true;

        public Task WriteStateAsync() => throw new StoreException(StoreFailure.Unavailable, Complaint);

        public Task ReadStateAsync() => throw new StoreException(StoreFailure.Unavailable, Complaint);

        public Task ClearStateAsync() => throw new NotSupportedException();
    }

    /// <summary>Jobs that take a while to answer.</summary>
    private sealed class Work(FakeTimeProvider time) : ISweepWork
    {
        public int Ensured { get; private set; }

        public int Abandoned { get; private set; }

        public Action? Abandoning { get; set; }

        public MembershipVersion Silos => default;

        public Task<JobStatus> EnsureAsync(SweepJob job, WorkRequest request, CancellationToken cancellationToken)
        {
            Ensured++;
            return Task.FromResult(job.Status with { State = JobState.Queued });
        }

        public Task<JobStatus> AbandonAsync(SweepJob job, CancellationToken cancellationToken)
        {
            Abandoning?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            Abandoned++;
            time.Advance(TimeSpan.FromMilliseconds(10));
            return Task.FromResult(job.Status with { State = JobState.Cancelled });
        }

        public Task<JobStatus> AskAsync(SweepJob job, CancellationToken cancellationToken) => Task.FromResult(job.Status);

        public Task<PreparationStatus> EnsureAsync(SweepPreparation preparation, WorkRequest request) => throw new NotSupportedException();

        public Task AbandonAsync(SweepPreparation preparation) => throw new NotSupportedException();

        public Task<PreparationStatus> AskAsync(SweepPreparation preparation) => throw new NotSupportedException();
    }
}
