using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Sweeps;

/// <summary>What is asked of a sweep: commands, reports of its jobs, and the turns in which it reconciles.</summary>
/// <remarks>
/// Commands and turns exclude each other, which is their caller's part; they alone change the record, so what one of them read there holds over its awaits.
/// Reports and reads come at any time.
/// </remarks>
internal sealed class SweepControl(
    Sweep sweep,
    ISweepWork work,
    IArtifactStore store,
    SweepOptions options,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>For how long a command gives up jobs before it leaves the others to the timer: its caller waits for 30 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private SweepReconciliation? _reconciliation;
    private Task<SweepReconciliation?>? _loading;
    private IEnumerator<SweepTurn>? _pass;
    private bool _passIsDue;

    /// <summary>Whether the next turn is due at once, and not after the period.</summary>
    public bool TurnIsDue => _pass is not null || _passIsDue;

    /// <summary>Asks for what is known of the jobs where that was not done since the activation.</summary>
    /// <returns>Whether there is such a sweep.</returns>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken) => await LoadedAsync(cancellationToken) is not null;

    /// <summary>Starts the sweep, or goes on with it.</summary>
    public async Task<SweepStatus> StartAsync(SweepPlan plan, string? traceParent, CancellationToken cancellationToken)
    {
        Check(plan);
        await sweep.VerifyAsync();
        BeginAgain();
        // A later plan of the same id implies the same jobs; what else it says, such as names, is the user's latest word.
        await store.PutAsync(ArtifactNames.SweepPlan(sweep.Id), ArtifactJson.Write(plan), cancellationToken);
        // Not by a load that began before the plan was stored.
        var reconciliation = await LoadedAsync(cancellationToken)
            ?? await LoadedAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The plan of sweep {sweep.Id} was stored and is gone.");
        foreach (var turn in sweep.Record.IsGivingUp ? reconciliation.GiveUpEverything() : [])
            await turn(cancellationToken);
        var tracker = sweep.Tracker!;
        Take(tracker, plan);
        var goesOn = sweep.Record.IsWanted;
        if (goesOn)
            await reconciliation.ForgetLostResultsAsync(cancellationToken);
        if (!goesOn || plan.FailureBudget != sweep.Record.FailureBudget || tracker.Jobs.Failed > 0)
        {
            await sweep.SaveAsync(sweep.Record.Start(sweep.NextRound(), plan.FailureBudget, traceParent), () =>
            {
                if (goesOn)
                    tracker.ForgetFailures();
                else
                    TrackNewRound(tracker);
            });
            logger.LogStarted(sweep.Id, plan.Name, tracker.Jobs.All.Count, sweep.Record.Round);
        }

        return sweep.Describe();
    }

    /// <summary>Stops the sweep for good.</summary>
    public async Task<SweepStatus> CancelAsync(CancellationToken cancellationToken)
    {
        await RequireAsync("cancel", "sweep status", cancellationToken);
        await ChangeAsync(sweep.Record.Cancel(), () => logger.LogCancelled(sweep.Id));
        if (sweep.Record.Phase == SweepPhase.Cancelling)
            await GiveUpWithPatienceAsync(cancellationToken);
        return sweep.Describe();
    }

    /// <summary>Stops the sweep until it is started again.</summary>
    public async Task<SweepStatus> PauseAsync(CancellationToken cancellationToken)
    {
        await RequireAsync("pause", "sweep list", cancellationToken);
        if (!sweep.Tracker!.IsFinished)
        {
            await ChangeAsync(sweep.Record.Pause(), () =>
            {
                logger.LogPaused(sweep.Id);
                sweep.Tell(sweep.Record.Reason);
            });
        }

        if (sweep.Record.Phase == SweepPhase.Pausing)
            await GiveUpWithPatienceAsync(cancellationToken);
        return sweep.Describe();
    }

    /// <summary>Gives the sweep another priority than its plan says.</summary>
    public async Task<SweepStatus> SetPriorityAsync(int priority, CancellationToken cancellationToken)
    {
        await RequireAsync("give a priority", "sweep list", cancellationToken);
        if (priority != sweep.Priority)
        {
            await ChangeAsync(sweep.Record.Prioritize(priority), () =>
            {
                logger.LogPriority(sweep.Id, priority);
                sweep.Tracker!.Jobs.MarkStale();
            });
        }

        return sweep.Describe();
    }

    /// <summary>A job changed.</summary>
    public void JobChanged(JobStatus status)
    {
        if (sweep.Tracker?.Jobs.Find(status.Id) is not { } job)
            return;
        job.RecordReport(time.GetUtcNow());
        sweep.Learn(job, status);
        _passIsDue |= _reconciliation!.IsDueAfter(status);
    }

    /// <summary>A discovery or a training changed.</summary>
    public void PreparationChanged(PreparationStatus status)
    {
        if (sweep.Tracker?.Preparation(status.Id) is not { } preparation)
            return;
        preparation.ReportCount++;
        sweep.Learn(preparation, status);
        _passIsDue |= sweep.Record.IsWanted && status.State.IsFinal();
    }

    /// <summary>Goes on with the pass that is under way, or begins one.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The record was changed by another activation: this one is to be given up.</exception>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        // Not after it has failed: what is due then waits for the period.
        if (_pass is null)
            _passIsDue = false;
        try
        {
            await sweep.VerifyAsync();
            if (sweep.Record.IsActive && await LoadedAsync(cancellationToken) is { } reconciliation)
                await GoAsync(reconciliation, cancellationToken);
        }
        catch (Exception e)
        {
            EndPass();
            if (cancellationToken.IsCancellationRequested)
                return;
            logger.LogPassFailed(sweep.Id, e);
            if (sweep.Record.IsActive && StoreTrouble.Of(e)?.Message is { } trouble)
                sweep.SetTrouble(trouble);
            if (e is Orleans.Storage.InconsistentStateException)
                throw;
        }
    }

    /// <returns>Whether the pass may have further turns.</returns>
    private async Task<bool> GoAsync(SweepReconciliation reconciliation, CancellationToken cancellationToken)
    {
        if (_pass is null)
        {
            _passIsDue = false;
            _pass = reconciliation.Pass().GetEnumerator();
        }

        if (_pass.MoveNext())
        {
            await _pass.Current(cancellationToken);
            return true;
        }

        EndPass();
        sweep.SetTrouble(null);
        return false;
    }

    private async Task GiveUpWithPatienceAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            while (await GoAsync(_reconciliation!, cancellationToken))
            {
                if (time.GetElapsedTime(began) > Patience)
                    return;
            }
        }
        catch (Exception e)
        {
            BeginAgain();
            if (cancellationToken.IsCancellationRequested)
                throw;
            logger.LogPassFailed(sweep.Id, e);
        }
    }

    private async Task ChangeAsync(SweepRecord next, Action announce)
    {
        if (next == sweep.Record)
            return;
        await sweep.SaveAsync(next, announce);
        BeginAgain();
    }

    /// <summary>The pass that is under way is out of date, and another is due.</summary>
    private void BeginAgain()
    {
        EndPass();
        _passIsDue = true;
    }

    private void EndPass()
    {
        _pass?.Dispose();
        _pass = null;
    }

    private void Take(SweepTracker tracker, SweepPlan plan)
    {
        var (owner, priority) = (tracker.Plan.Owner, sweep.Priority);
        tracker.Take(plan);
        // What waits in the queue waits under the request that it was last asked for with.
        if (owner != plan.Owner || priority != sweep.Priority)
            tracker.Jobs.MarkStale();
    }

    private async Task RequireAsync(string what, string command, CancellationToken cancellationToken)
    {
        await sweep.VerifyAsync();
        if (!await LoadAsync(cancellationToken))
            throw new BadInputException($"There is no sweep {sweep.Id} to {what}: see which there are with `{command}`.");
    }

    private void Check(SweepPlan plan)
    {
        if (plan.Id != sweep.Id)
            throw new BadInputException($"The plan '{plan.Name}' has the id {plan.Id}, not {sweep.Id}: start the sweep of its own id.");
        if (plan.Images.IsDefaultOrEmpty || plan.Cells.IsDefaultOrEmpty)
            throw new BadInputException($"The plan '{plan.Name}' implies no job: give it at least one image and one method.");
    }

    private async Task<SweepReconciliation?> LoadedAsync(CancellationToken cancellationToken)
    {
        if (_reconciliation is not null)
            return _reconciliation;
        // Reads come while others load.
        if (_loading is null or { IsCompleted: true })
            _loading = RecallAsync();
        return await _loading.WaitAsync(cancellationToken);
    }

    private async Task<SweepReconciliation?> RecallAsync() =>
        await new SweepRecall(work, store, options, time).RecallAsync(sweep.Id, sweep.Record) is { } tracker ? Track(tracker) : null;

    private void TrackNewRound(SweepTracker earlier)
    {
        var tracker = new SweepTracker(earlier.Plan, time);
        tracker.TakeOver(earlier);
        Track(tracker);
    }

    private SweepReconciliation Track(SweepTracker tracker)
    {
        sweep.Track(tracker);
        return _reconciliation = new SweepReconciliation(sweep, tracker, work, store, options, time, logger);
    }
}
