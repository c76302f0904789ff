using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Grains.Sweeps;

/// <summary>
/// One sweep. A slow timer makes what is wanted and not stored be done; messages from jobs only make it known sooner.
/// </summary>
/// <remarks>
/// Commands and the timer's ticks take turns, as Orleans has it of a grain that is not reentrant. Reads and reports of jobs interleave with them:
/// <see cref="ISweepGrain"/> says which those are. One of an older version does not ask for that, and takes its turn too.
/// </remarks>
[GrainType(SweepGrain.TypeName)]
internal sealed class SweepGrain(
    [PersistentState(SweepGrain.StateName)] IPersistentState<SweepRecord> state,
    IArtifactStore store,
    IOptions<SweepOptions> options,
    IClusterMembershipService membership,
    IHostApplicationLifetime lifetime,
    StartedSweeps started,
    TimeProvider time,
    ILogger<SweepGrain> logger
) : Grain, ISweepGrain
{
    /// <summary>The grain's type, as stored records are named by it.</summary>
    internal const string TypeName = "sweep";

    /// <summary>The name of its state, as stored records are named by it.</summary>
    internal const string StateName = "sweep";

    private const string Interrupted = "ran in a process that is gone; 'sweep resume' goes on with it";

    private readonly SweepGauge _gauge = new();
    private Sweep _sweep = null!;
    private SweepControl _control = null!;
    private IGrainTimer? _timer;
    private bool _tickIsDue;

    /// <summary>
    /// Whether a sweep that an earlier process was asked for waits until this one is asked for it too. What is given up meanwhile is given up to its end.
    /// </summary>
    private bool IsAsleep => !options.Value.GoesOnByItself && _sweep.Record.IsWanted && !started.Contains(_sweep.Id);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        _sweep = new Sweep(id, new StoredRecord(state), options.Value.EventsKept, time);
        _control = new SweepControl(_sweep, new GrainSweepWork(id, GrainFactory, membership), store, options.Value, time, logger);
        if (IsAsleep)
            _sweep.SetTrouble(Interrupted);
        Follow();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _gauge.Clear();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<SweepStatus> Start(SweepPlan plan, string? traceParent, CancellationToken cancellationToken = default) =>
        DoAsync(() =>
        {
            WakeUp();
            return _control.StartAsync(plan, traceParent, cancellationToken);
        });

    /// <inheritdoc/>
    public Task<SweepStatus> Cancel(CancellationToken cancellationToken = default) =>
        DoAsync(() => _control.CancelAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<SweepStatus> Pause(CancellationToken cancellationToken = default) => DoAsync(() => _control.PauseAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<SweepStatus> SetPriority(int priority, CancellationToken cancellationToken = default) =>
        DoAsync(() => _control.SetPriorityAsync(priority, cancellationToken));

    /// <inheritdoc/>
    public Task Wake()
    {
        Follow();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SweepStatus?> GetStatus(CancellationToken cancellationToken = default) =>
        _sweep.Record.Phase != SweepPhase.None && await _control.LoadAsync(cancellationToken) ? _sweep.Describe() : null;

    /// <inheritdoc/>
    public Task<SweepStatus?> GetUnfinished(CancellationToken cancellationToken = default) =>
        _sweep.Record.HasEnded ? Task.FromResult<SweepStatus?>(null) : GetStatus(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SweepEvent> Watch(
        long afterSequence,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        if (_sweep.Record.Phase == SweepPhase.None || !await _control.LoadAsync(cancellationToken))
            yield break;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var (events, seen) = (_sweep.Events, afterSequence);
        while (true)
        {
            if (!events.Reaches(seen))
            {
                seen = events.Latest;
                foreach (var caughtUp in _sweep.Snapshot(seen))
                    yield return caughtUp;
                if (_sweep.HasReasonToTell)
                    yield return new SweepEvent
                    {
                        Sequence = seen,
                        At = time.GetUtcNow(),
                        Reason = _sweep.Reason,
                    };
            }

            foreach (var added in events.After(seen))
            {
                yield return added;
                seen = added.Sequence;
                if (added.Finished)
                    yield break;
            }

            if (seen == events.Latest && _sweep.Record.HasEnded)
            {
                yield return new SweepEvent
                {
                    Sequence = seen,
                    At = time.GetUtcNow(),
                    Finished = true,
                    Reason = _sweep.Record.Reason,
                };
                yield break;
            }

            await events
                .BeyondAsync(seen, either.Token)
                .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            // A silo that stops waits for the calls that are under way. A watcher asks again, and reaches the grain on its new silo.
            if (lifetime.ApplicationStopping.IsCancellationRequested)
                yield break;
        }
    }

    /// <inheritdoc/>
    public Task JobChanged(JobStatus status)
    {
        _control.JobChanged(status);
        Follow();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PreparationChanged(PreparationStatus status)
    {
        _control.PreparationChanged(status);
        Follow();
        return Task.CompletedTask;
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        _tickIsDue = false;
        await _control.TurnAsync(cancellationToken);
        Follow();
    }

    private async Task<SweepStatus> DoAsync(Func<Task<SweepStatus>> command)
    {
        try
        {
            return await command();
        }
        finally
        {
            Follow();
        }
    }

    private void WakeUp()
    {
        if (IsAsleep)
            _sweep.SetTrouble(null);
        started.Add(_sweep.Id);
    }

    /// <summary>Sets the timer, and the silo's counts, as the sweep needs them after a change.</summary>
    private void Follow()
    {
        if (IsAsleep || !_sweep.Record.IsActive)
            _gauge.Clear();
        else if (_sweep.Tracker is { } tracker)
            _gauge.Show(tracker.Jobs);
        if (IsAsleep || !_sweep.NeedsTurns)
        {
            _timer?.Dispose();
            _timer = null;
        }
        else if (_timer is null)
        {
            _timer = this.RegisterGrainTimer(
                TickAsync,
                new GrainTimerCreationOptions(TimeSpan.Zero, options.Value.ReconcilePeriod) { KeepAlive = true }
            );
            _tickIsDue = true;
        }
        else if (_control.TurnIsDue && !_tickIsDue)
        {
            _timer.Change(TimeSpan.Zero, options.Value.ReconcilePeriod);
            _tickIsDue = true;
        }
    }
}
