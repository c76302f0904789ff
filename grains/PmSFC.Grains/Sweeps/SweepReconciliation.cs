using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Sweeps;

/// <summary>A bounded part of a pass.</summary>
internal delegate Task SweepTurn(CancellationToken cancellationToken);

/// <summary>Makes what a sweep wants and what its jobs do the same: asks for what is wanted and not stored, gives up what is no longer wanted.</summary>
/// <remarks>
/// It works in passes, and a pass in turns, so that a command need not wait for a pass over thousands of jobs. A turn begins after the one before it has ended.
/// A command that comes between two turns ends the pass; reports of jobs come at any time. A turn that fails ends the pass too, and the next one begins where
/// the jobs are.
/// </remarks>
internal sealed class SweepReconciliation(
    Sweep sweep,
    SweepTracker tracker,
    ISweepWork work,
    IArtifactStore store,
    SweepOptions options,
    TimeProvider time,
    ILogger logger
)
{
    private MembershipVersion _silos;

    private SweepRecord Record => sweep.Record;

    private int MostWaiting => Math.Max(options.LeastWaiting, 2 * tracker.Jobs.Running);

    /// <summary>The turns of one pass.</summary>
    public IEnumerable<SweepTurn> Pass()
    {
        foreach (var turn in Record.IsWanted ? AskForWhatIsMissing() : [])
            yield return turn;
        foreach (var turn in Record.Phase == SweepPhase.Stopping ? LetRunningJobsEnd() : [])
            yield return turn;
        foreach (var turn in Record.Phase is SweepPhase.Cancelling or SweepPhase.Pausing ? GiveUpEverything() : [])
            yield return turn;
    }

    /// <summary>Gives up what is not stored. Where a job does not answer, the phase stays.</summary>
    public IEnumerable<SweepTurn> GiveUpEverything()
    {
        foreach (var turn in GiveUp(status => status.State != JobState.Succeeded))
            yield return turn;
        yield return EndGivingUpAsync;
    }

    /// <summary>Marks as missing what is no longer stored: a client that starts a sweep may have removed damaged results before.</summary>
    public async Task ForgetLostResultsAsync(CancellationToken cancellationToken)
    {
        var gone = new List<SweepJob>();
        foreach (var turn in Turns(tracker.Jobs.All.Where(job => job.Status.State == JobState.Succeeded), LookAsync))
            await turn(cancellationToken);
        tracker.Forget(gone);

        async Task LookAsync(SweepJob job, CancellationToken cancellation)
        {
            if (!await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id), cancellation))
                gone.Add(job);
        }
    }

    /// <summary>Whether a pass has something to do after what a job said, so that it need not wait for its time.</summary>
    public bool IsDueAfter(JobStatus status) =>
        Record.Phase switch
        {
            SweepPhase.Running => (
                status.State.IsFinal()
                && (tracker.IsFinished || (status.State == JobState.Failed && tracker.Exceeds(Record.FailureBudget) is not null))
            ) || (tracker.Jobs.Waiting < MostWaiting / 2 && tracker.Jobs.HasMore(tracker.IsReady)),
            SweepPhase.Stopping => status.State.IsFinal() && tracker.Jobs.Running == 0,
            _ => false,
        };

    private IEnumerable<SweepTurn> AskForWhatIsMissing()
    {
        foreach (var turn in Turns(tracker.Jobs.Unexamined(), ExamineAsync))
            yield return turn;
        foreach (var preparation in tracker.PreparationsWanted().ToArray())
            yield return cancellation => EnsureAsync(preparation, cancellation);
        MarkStaleWhereSilosChanged();
        foreach (var turn in Turns(tracker.Jobs.HandOver(MostWaiting - tracker.Jobs.Waiting, tracker.IsReady), EnsureAsync))
            yield return turn;
        foreach (var turn in Turns(StaleJobs(), EnsureAsync))
            yield return turn;
        if (tracker.IsFinished)
            yield return FinishAsync;
        else if (tracker.Exceeds(Record.FailureBudget) is { } reason)
            yield return _ => StopAsync(reason);
    }

    /// <summary>Gives up what does not run, and ends the sweep when nothing does. An attempt that fails or is lost meanwhile is not repeated.</summary>
    private IEnumerable<SweepTurn> LetRunningJobsEnd()
    {
        foreach (var turn in Turns(tracker.Jobs.All.Where(job => job.Status.State == JobState.Running), AskAsync))
            yield return turn;
        foreach (var turn in GiveUp(status => !status.State.IsFinal() && status.State != JobState.Running))
            yield return turn;
        // What ran may have been lost meanwhile; and the grains of jobs that failed remember the sweep too, and may run them again for another.
        foreach (var turn in tracker.Jobs.Running == 0 ? GiveUpEverything() : [])
            yield return turn;
    }

    private IEnumerable<SweepTurn> GiveUp(Predicate<JobStatus> isUnwanted)
    {
        foreach (var preparation in tracker.Preparations.Where(preparation => preparation.Status.State != JobState.Succeeded))
            yield return _ => work.AbandonAsync(preparation);
        foreach (var turn in Turns(tracker.Jobs.All.Where(job => job.IsRequested && isUnwanted(job.Status)), GiveUpAsync))
            yield return turn;
    }

    private IEnumerable<SweepTurn> Turns(IEnumerable<SweepJob> jobs, Func<SweepJob, CancellationToken, Task> act) =>
        jobs.ToArray()
            .Chunk(options.Concurrency)
            .Select(some => (SweepTurn)(cancellation => Task.WhenAll(some.Select(job => act(job, cancellation)))));

    /// <summary>A silo that went may have held the queue or the grains of jobs.</summary>
    private void MarkStaleWhereSilosChanged()
    {
        if (work.Silos == _silos)
            return;
        _silos = work.Silos;
        tracker.Jobs.MarkStale();
    }

    private IEnumerable<SweepJob> StaleJobs()
    {
        var now = time.GetUtcNow();
        return tracker
            .Jobs.HandedOver.Where(job => job.AskAgainAt <= now)
            .OrderBy(job => job.Status.State != JobState.Running)
            .ThenBy(job => job.AskAgainAt)
            .Take(options.AskedAgainPerPass);
    }

    private async Task ExamineAsync(SweepJob job, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id), cancellationToken))
                sweep.Learn(job, job.Status with { State = JobState.Succeeded, WaitingFor = null, Failure = null, Since = null });
            job.Examined = true;
        }
        catch (StoreException e)
        {
            sweep.Learn(job, job.Status with { WaitingFor = e.Message });
        }
    }

    private async Task EnsureAsync(SweepJob job, CancellationToken cancellationToken)
    {
        var reports = job.ReportCount;
        job.IsRequested = true;
        try
        {
            var status = await work.EnsureAsync(job, sweep.Request(job.Bytes), cancellationToken);
            job.RecordQuestion(time.GetUtcNow(), options.ReconcilePeriod, options.LongestSilence);
            if (reports == job.ReportCount)
                sweep.Learn(job, status);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogNoAnswer(job.Status.Id, e);
            job.MarkStale();
            if (reports == job.ReportCount && job.Status.State != JobState.Running)
                sweep.Learn(job, job.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private async Task EnsureAsync(SweepPreparation preparation, CancellationToken cancellationToken)
    {
        if (tracker.FailedNeed(preparation) is { } failed)
        {
            sweep.Learn(preparation, preparation.Status with { State = JobState.Failed, Failure = failed.Failure, WaitingFor = null });
            return;
        }

        if (!tracker.IsReady(preparation))
            return;
        var reports = preparation.ReportCount;
        try
        {
            var status = await work.EnsureAsync(preparation, sweep.Request(preparation.Bytes)).WaitAsync(cancellationToken);
            if (reports == preparation.ReportCount)
                sweep.Learn(preparation, status);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogNoAnswer(preparation.Status.Id, e);
            if (reports == preparation.ReportCount && preparation.Status.State != JobState.Running)
                sweep.Learn(preparation, preparation.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private static string NoAnswer(Exception e) => StoreTrouble.Of(e)?.Message ?? "its grain did not answer and is asked again";

    private async Task AskAsync(SweepJob job, CancellationToken cancellationToken)
    {
        var reports = job.ReportCount;
        var status = await work.AskAsync(job, cancellationToken);
        if (reports == job.ReportCount)
            sweep.Learn(job, status);
    }

    private async Task GiveUpAsync(SweepJob job, CancellationToken cancellationToken)
    {
        var status = await work.AbandonAsync(job, cancellationToken);
        job.IsRequested = false;
        // It may have ended before it was told, and what it reported then reached a sweep that no longer counts reports.
        if (status.State is JobState.Succeeded or JobState.Failed && status != job.Status && job.Status.State != JobState.Succeeded)
            sweep.Set(job, status);
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        await DeleteNeedlessCheckpointsAsync(cancellationToken);
        // A job that failed may run again for another sweep.
        if (!tracker.IsFinished)
            return;
        await sweep.SaveAsync(Record.Finish(), () =>
        {
            logger.LogFinished(sweep.Id, tracker.Jobs.All.Count(job => job.Status.State == JobState.Succeeded), tracker.Jobs.All.Count);
            sweep.End();
        });
    }

    private Task StopAsync(string reason) => sweep.SaveAsync(Record.Stop(reason), () =>
        {
            logger.LogStopped(sweep.Id, reason);
            sweep.Tell(reason);
        });

    private async Task EndGivingUpAsync(CancellationToken cancellationToken)
    {
        var next = Record.EndGivingUp();
        if (next.HasEnded)
            await DeleteNeedlessCheckpointsAsync(cancellationToken);
        await sweep.SaveAsync(next, next.HasEnded ? sweep.End : sweep.EnterPause);
    }

    /// <summary>A silo that dies after it stored what checkpoints led to, and before it deleted these and the previews, leaves them to the sweep.</summary>
    private async Task DeleteNeedlessCheckpointsAsync(CancellationToken cancellationToken)
    {
        await foreach (var name in store.ListAsync(ArtifactNames.AllCheckpoints, cancellationToken))
        {
            if (ArtifactNames.CheckpointOf(name) is { } id && tracker.IsStored(id))
                await store.DeleteAsync(name, cancellationToken);
        }

        await foreach (var name in store.ListAsync(ArtifactNames.Previews, cancellationToken))
        {
            if (ArtifactNames.PreviewOf(name) is { } id && tracker.IsStored(id))
                await store.DeleteAsync(name, cancellationToken);
        }
    }
}
