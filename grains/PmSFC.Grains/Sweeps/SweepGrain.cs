using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Devices;
using PmSFC.Storage;

namespace PmSFC.Grains.Sweeps;

/// <summary>
/// One sweep. A slow timer makes what is wanted and not stored be done; messages from jobs only make it known sooner.
/// </summary>
/// <remarks>
/// Reentrant, so that it answers while it asks thousands of jobs: a method that has awaited must look at the phase again. Start and Cancel exclude each
/// other by <c>_gate</c>.
/// </remarks>
[Reentrant]
[GrainType(SweepGrain.TypeName)]
internal sealed partial class SweepGrain(
    [PersistentState(SweepGrain.StateName)] IPersistentState<SweepRecord> state,
    IArtifactStore store,
    IOptions<SweepOptions> options,
    IClusterMembershipService membership,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<SweepGrain> logger) : Grain, ISweepGrain
{
    /// <summary>The grain's type, as stored records are named by it.</summary>
    internal const string TypeName = "sweep";

    /// <summary>The name of its state, as stored records are named by it.</summary>
    internal const string StateName = "sweep";

    private const string PausedReason = "It is paused: go on with `sweep resume`.";

    private readonly SweepOptions _options = options.Value;
    private readonly SweepEvents _events = new(options.Value.EventsKept, start: time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _pass = new(1, 1);
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly SweepGauge _gauge = new();
    private SweepTracker? _tracker;
    private Task<SweepTracker?>? _loading;
    private IGrainTimer? _timer;
    private MembershipVersion _silos;

    // What is stored and announced; the state's own phase is ahead of it during a write.
    private SweepPhase _phase;

    // Why the last pass came to no end, or null.
    private string? _trouble;

    private string? Reason => state.State.Reason ?? _trouble;

    private bool IsWanted => _phase == SweepPhase.Running;

    private string Id => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _phase = state.State.Phase;
        return Wake();
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _gauge.Clear();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SweepStatus> Start(SweepPlan plan, string? traceParent)
    {
        Check(plan);
        await _gate.WaitAsync();
        try
        {
            // A later plan of the same id implies the same jobs; what else it says, such as names, is the user's latest word.
            await store.PutAsync(ArtifactNames.SweepPlan(Id), ArtifactJson.Write(plan));
            if (_phase is SweepPhase.Cancelling or SweepPhase.Stopping or SweepPhase.Pausing)
                await Abandon();
            var tracker = await Tracker() ?? throw new InvalidOperationException($"The plan of sweep {Id} was stored and is gone.");
            Take(tracker, plan);
            await ForgetLostResults(tracker);
            if (!IsWanted || plan.FailureBudget != state.State.FailureBudget || tracker.Jobs.Failed > 0)
            {
                var goesOn = IsWanted;
                await Save(state.State with
                {
                    Phase = SweepPhase.Running,
                    Round = NextRound(),
                    TraceParent = traceParent,
                    FailureBudget = plan.FailureBudget,
                    Reason = null,
                });
                if (goesOn)
                    tracker.ForgetFailures();
                else
                    _tracker = tracker = new SweepTracker(tracker.Plan, time);
                _phase = SweepPhase.Running;
                LogStarted(Id, plan.Name, tracker.Jobs.All.Count, state.State.Round);
            }

            Drive();
            return Describe(tracker);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<SweepStatus?> GetStatus() => _phase != SweepPhase.None && await Tracker() is { } tracker ? Describe(tracker) : null;

    /// <inheritdoc/>
    public Task<SweepStatus?> GetUnfinished() =>
        _phase is SweepPhase.Finished or SweepPhase.Cancelled or SweepPhase.Stopped ? Task.FromResult<SweepStatus?>(null) : GetStatus();

    /// <inheritdoc/>
    public async IAsyncEnumerable<SweepEvent> Watch(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_phase == SweepPhase.None || await Tracker() is null)
            yield break;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var seen = afterSequence;
        while (true)
        {
            if (!_events.Reaches(seen))
            {
                seen = _events.Latest;
                foreach (var caughtUp in Snapshot(_tracker!, seen))
                    yield return caughtUp;
                if (_phase is SweepPhase.Pausing or SweepPhase.Paused || _trouble is not null)
                    yield return new SweepEvent { Sequence = seen, At = time.GetUtcNow(), Reason = Reason };
            }

            foreach (var added in _events.After(seen))
            {
                yield return added;
                seen = added.Sequence;
                if (added.Finished)
                    yield break;
            }

            if (seen == _events.Latest && _phase is SweepPhase.Finished or SweepPhase.Cancelled or SweepPhase.Stopped)
            {
                yield return new SweepEvent { Sequence = seen, At = time.GetUtcNow(), Finished = true, Reason = state.State.Reason };
                yield break;
            }

            await _events.Beyond(seen, either.Token).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            // A silo that stops waits for the calls that are under way. A watcher asks again, and reaches the grain on its new silo.
            if (lifetime.ApplicationStopping.IsCancellationRequested) yield break;
        }
    }

    /// <inheritdoc/>
    public async Task<SweepStatus> Cancel()
    {
        await _gate.WaitAsync();
        try
        {
            var tracker = await Tracker() ?? throw new BadInputException($"There is no sweep {Id} to cancel: see which there are with `sweep status`.");
            if (_phase is SweepPhase.Running or SweepPhase.Stopping or SweepPhase.Pausing or SweepPhase.Paused)
            {
                await Save(state.State with { Phase = SweepPhase.Cancelling, Reason = null });
                _phase = SweepPhase.Cancelling;
                LogCancelled(Id);
            }

            if (_phase == SweepPhase.Cancelling)
                await AbandonOrLeaveToTimer();
            return Describe(tracker);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<SweepStatus> Pause()
    {
        await _gate.WaitAsync();
        try
        {
            var tracker = await Tracker() ?? throw new BadInputException($"There is no sweep {Id} to pause: see which there are with `sweep list`.");
            if (IsWanted && !tracker.IsFinished)
            {
                await Save(state.State with { Phase = SweepPhase.Pausing, Reason = PausedReason });
                _phase = SweepPhase.Pausing;
                LogPaused(Id);
                _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Reason = PausedReason });
            }

            if (_phase == SweepPhase.Pausing)
                await AbandonOrLeaveToTimer();
            return Describe(tracker);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<SweepStatus> SetPriority(int priority)
    {
        await _gate.WaitAsync();
        try
        {
            var tracker = await Tracker() ?? throw new BadInputException($"There is no sweep {Id} to give a priority: see which there are with `sweep list`.");
            if (priority != Priority(tracker))
            {
                await Save(state.State with { Priority = priority });
                LogPriority(Id, priority);
                MarkAllStale(tracker);
                if (IsWanted)
                    Drive();
            }

            return Describe(tracker);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task JobChanged(JobStatus status)
    {
        if (_tracker?.Jobs.Find(status.Id) is { } job)
        {
            job.RecordReport(time.GetUtcNow());
            Learn(_tracker, job, status);
            ShowProgress(_tracker);
            if (IsDecidedBy(status, _tracker) || (IsWanted && RunsShortOfJobs(_tracker)))
                Drive();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PreparationChanged(PreparationStatus status)
    {
        if (_tracker?.Preparation(status.Id) is { } preparation)
        {
            preparation.ReportCount++;
            Learn(_tracker, preparation, status);
            if (IsWanted && status.State.IsFinal())
                Drive();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Wake()
    {
        if (_timer is null && _phase is SweepPhase.Running or SweepPhase.Cancelling or SweepPhase.Stopping or SweepPhase.Pausing)
            Drive();
        return Task.CompletedTask;
    }

    private void ShowProgress(SweepTracker tracker)
    {
        if (_timer is null)
            _gauge.Clear();
        else
            _gauge.Show(tracker.Jobs);
    }

    private void Take(SweepTracker tracker, SweepPlan plan)
    {
        var (owner, priority) = (tracker.Plan.Owner, Priority(tracker));
        tracker.Take(plan);
        // What waits in the queue waits under the request that it was last asked for with.
        if (owner != plan.Owner || priority != Priority(tracker))
            MarkAllStale(tracker);
    }

    private static void MarkAllStale(SweepTracker tracker)
    {
        foreach (var job in tracker.Jobs.HandedOver)
            job.MarkStale();
    }

    /// <summary>
    /// Jobs that failed are tried again in a later round alone. Where the record was damaged, the rounds so far are not known, but they were fewer than the
    /// seconds since then.
    /// </summary>
    private int NextRound() => state is { RecordExists: true, State.Round: 0 } ? FencingTokens.FirstEpoch(time) : state.State.Round + 1;

    private void Check(SweepPlan plan)
    {
        if (plan.Id != Id)
            throw new BadInputException($"The plan '{plan.Name}' has the id {plan.Id}, not {Id}: start the sweep of its own id.");
        if (plan.Images.IsDefaultOrEmpty || plan.Cells.IsDefaultOrEmpty)
            throw new BadInputException($"The plan '{plan.Name}' implies no job: give it at least one image and one method.");
    }

    private SweepStatus Describe(SweepTracker tracker) => tracker.Describe(_phase, _events.Latest, Reason, state.State.Priority);

    private int Priority(SweepTracker tracker) => state.State.Priority ?? tracker.Plan.Priority;

    private WorkRequest Request(SweepTracker tracker, long bytes) => new()
    {
        SweepId = Id,
        Owner = tracker.Plan.Owner,
        Priority = Priority(tracker),
        BytesPerJob = bytes,
        TraceParent = state.State.TraceParent,
        Round = state.State.Round,
    };

    private async Task Save(SweepRecord next)
    {
        var before = state.State;
        state.State = next;
        // A pass may end a sweep while a call changes it: two writes at once would be a conflict of the sweep with itself.
        await _saving.WaitAsync();
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }
        finally
        {
            _saving.Release();
        }
    }

    private SweepEvent[] Snapshot(SweepTracker tracker, long sequence)
    {
        var at = time.GetUtcNow();
        return
        [
            .. tracker.Preparations.Select(p => new SweepEvent { Sequence = sequence, At = at, Preparation = p.Status }),
            .. tracker.Jobs.All.Select(j => new SweepEvent { Sequence = sequence, At = at, Job = j.Status }),
        ];
    }
}
