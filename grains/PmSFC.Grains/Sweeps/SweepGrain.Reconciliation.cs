using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Sweeps;

internal sealed partial class SweepGrain
{
    /// <summary>Has a pass made at once, and then one every period.</summary>
    private void Drive()
    {
        if (_timer is null)
        {
            _timer = this.RegisterGrainTimer(Pass, new GrainTimerCreationOptions(TimeSpan.Zero, _options.ReconcilePeriod) { KeepAlive = true });
        }
        else
        {
            _timer.Change(TimeSpan.Zero, _options.ReconcilePeriod);
        }
    }

    private async Task Pass(CancellationToken cancellationToken)
    {
        try
        {
            if (await Tracker() is not { } tracker)
                return;
            if (_phase is SweepPhase.Cancelling or SweepPhase.Pausing)
                await Abandon();
            if (_phase is not (SweepPhase.Running or SweepPhase.Stopping))
                return;
            await _pass.WaitAsync(cancellationToken);
            try
            {
                if (IsWanted)
                    await AskForWhatIsMissing(tracker);
                if (_phase == SweepPhase.Stopping)
                    await LetRunningJobsEnd(tracker);
                _trouble = null;
            }
            finally
            {
                _pass.Release();
                ShowProgress(tracker);
            }
        }
        catch (Exception e)
        {
            LogPassFailed(Id, e);
            if (StoreTrouble.Of(e)?.Message is not { } trouble || trouble == _trouble)
                return;
            _trouble = trouble;
            _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Reason = trouble });
        }
    }

    private async Task AskForWhatIsMissing(SweepTracker tracker)
    {
        await ForEach(tracker.Jobs.Unexamined(), job => Examine(tracker, job));
        foreach (var preparation in tracker.PreparationsWanted().ToArray())
            await Ensure(tracker, preparation);
        MarkStaleWhereSilosChanged(tracker);
        await ForEach(tracker.Jobs.HandOver(MostWaiting(tracker) - tracker.Jobs.Waiting, tracker.IsReady), job => Ensure(tracker, job));
        await ForEach(StaleJobs(tracker), job => Ensure(tracker, job));
        await StopIfTooManyFailed(tracker);
        await FinishIfDone(tracker);
    }

    private int MostWaiting(SweepTracker tracker) => Math.Max(_options.LeastWaiting, 2 * tracker.Jobs.Running);

    private bool RunsShortOfJobs(SweepTracker tracker) => tracker.Jobs.Waiting < MostWaiting(tracker) / 2 && tracker.Jobs.HasMore(tracker.IsReady);

    /// <summary>A silo that went may have held the queue or the grains of jobs.</summary>
    private void MarkStaleWhereSilosChanged(SweepTracker tracker)
    {
        var silos = membership.CurrentSnapshot.Version;
        if (silos == _silos)
            return;
        _silos = silos;
        MarkAllStale(tracker);
    }

    private SweepJob[] StaleJobs(SweepTracker tracker)
    {
        var now = time.GetUtcNow();
        return
        [
            .. tracker.Jobs.HandedOver.Where(job => job.AskAgainAt <= now).OrderBy(job => job.Status.State != JobState.Running).ThenBy(job => job.AskAgainAt)
                .Take(_options.AskedAgainPerPass),
        ];
    }

    private async Task Examine(SweepTracker tracker, SweepJob job)
    {
        try
        {
            if (await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id)))
                Learn(tracker, job, job.Status with { State = JobState.Succeeded, WaitingFor = null, Failure = null, Since = null });
            job.Examined = true;
        }
        catch (StoreException e)
        {
            Learn(tracker, job, job.Status with { WaitingFor = e.Message });
        }
    }

    /// <summary>Marks as missing what is no longer stored: a client that starts a sweep may have removed damaged results before.</summary>
    private async Task ForgetLostResults(SweepTracker tracker)
    {
        // Not within a pass, which may be about to end the sweep with the results that it saw.
        await _pass.WaitAsync();
        try
        {
            if (!IsWanted)
                return;
            var gone = new List<SweepJob>();
            await ForEach(tracker.Jobs.All.Where(job => job.Status.State == JobState.Succeeded), async job =>
            {
                if (!await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id)))
                    gone.Add(job);
            });
            tracker.Forget(gone);
        }
        finally
        {
            _pass.Release();
        }
    }

    private async Task Ensure(SweepTracker tracker, SweepJob job)
    {
        var reports = job.ReportCount;
        job.IsRequested = true;
        try
        {
            var status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).Ensure(job.Spec, Request(tracker, job.Bytes));
            job.RecordQuestion(time.GetUtcNow(), _options.ReconcilePeriod, _options.LongestSilence);
            if (reports == job.ReportCount)
                Learn(tracker, job, status);
        }
        catch (Exception e)
        {
            LogNoAnswer(job.Status.Id, e);
            job.MarkStale();
            if (reports == job.ReportCount && job.Status.State != JobState.Running)
                Learn(tracker, job, job.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private async Task Ensure(SweepTracker tracker, SweepPreparation preparation)
    {
        if (!IsWanted)
            return;
        if (tracker.FailedNeed(preparation) is { } failed)
        {
            Learn(tracker, preparation, preparation.Status with { State = JobState.Failed, Failure = failed.Failure, WaitingFor = null });
            return;
        }

        if (!tracker.IsReady(preparation))
            return;
        var reports = preparation.ReportCount;
        try
        {
            var status = await preparation.Ensure(GrainFactory, Request(tracker, preparation.Bytes));
            if (reports == preparation.ReportCount)
                Learn(tracker, preparation, status);
        }
        catch (Exception e)
        {
            LogNoAnswer(preparation.Status.Id, e);
            if (reports == preparation.ReportCount && preparation.Status.State != JobState.Running)
                Learn(tracker, preparation, preparation.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private static string NoAnswer(Exception e) => StoreTrouble.Of(e)?.Message ?? "its grain did not answer and is asked again";

    private void Learn(SweepTracker tracker, SweepJob job, JobStatus status)
    {
        var known = job.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        // The jobs of a cancelled sweep that still run do so for other sweeps; a job that no sweep wants has not got this sweep's request yet.
        var counts = IsWanted || (_phase == SweepPhase.Stopping && known.State == JobState.Running);
        if (status.State != JobState.Succeeded && (!counts || status.State == JobState.Cancelled))
            return;
        Record(tracker, job, status);
    }

    private void Record(SweepTracker tracker, SweepJob job, JobStatus status)
    {
        tracker.Jobs.Set(job, status);
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
    }

    private void Learn(SweepTracker tracker, SweepPreparation preparation, PreparationStatus status)
    {
        var known = preparation.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        if (status.State != JobState.Succeeded && (!IsWanted || status.State == JobState.Cancelled))
            return;
        preparation.Status = status;
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Preparation = status });
        foreach (var (job, consequence) in tracker.Consequences(preparation).ToArray())
            Learn(tracker, job, consequence);
    }

    private async Task FinishIfDone(SweepTracker tracker)
    {
        if (!IsWanted || !tracker.IsFinished)
            return;
        await DeleteNeedlessCheckpoints(tracker);
        await Save(state.State with { Phase = SweepPhase.Finished });
        LogFinished(Id, tracker.Jobs.All.Count(j => j.Status.State == JobState.Succeeded), tracker.Jobs.All.Count);
        End(SweepPhase.Finished);
    }

    /// <summary>Gives up what is not stored. Where a job does not answer, the phase stays and the next pass tries again.</summary>
    private async Task Abandon()
    {
        await _pass.WaitAsync();
        try
        {
            if (_phase is not (SweepPhase.Cancelling or SweepPhase.Stopping or SweepPhase.Pausing) || await Tracker() is not { } tracker)
                return;
            await GiveUp(tracker, tracker.Jobs.All.Where(j => j.Status.State != JobState.Succeeded));
            if (_phase == SweepPhase.Pausing)
                await EnterPause(tracker);
            else
                await EndUnfinished(tracker, _phase == SweepPhase.Stopping ? SweepPhase.Stopped : SweepPhase.Cancelled);
        }
        finally
        {
            _pass.Release();
        }
    }

    private async Task GiveUp(SweepTracker tracker, IEnumerable<SweepJob> jobs)
    {
        await ForEach(jobs.Where(job => job.IsRequested || tracker.IsTakenOver), job => GiveUp(tracker, job));
        foreach (var preparation in tracker.Preparations.Where(p => p.Status.State != JobState.Succeeded))
            await preparation.Abandon(GrainFactory, Id);
    }

    private async Task GiveUp(SweepTracker tracker, SweepJob job)
    {
        var status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).Abandon(Id);
        // It may have ended before it was told, and what it reported then reached a sweep that no longer counts reports.
        if (status.State is JobState.Succeeded or JobState.Failed && status != job.Status)
            Record(tracker, job, status);
    }

    private async Task EnterPause(SweepTracker tracker)
    {
        await Save(state.State with { Phase = SweepPhase.Paused });
        _phase = SweepPhase.Paused;
        _timer?.Dispose();
        _timer = null;
        _gauge.Clear();
        foreach (var status in tracker.PauseUnfinished())
            _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
    }

    private async Task EndUnfinished(SweepTracker tracker, SweepPhase phase)
    {
        await DeleteNeedlessCheckpoints(tracker);
        await Save(state.State with { Phase = phase });
        foreach (var status in tracker.CancelUnfinished())
            _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
        End(phase);
    }

    /// <summary>A silo that dies after it stored what checkpoints led to, and before it deleted these and the previews, leaves them to the sweep.</summary>
    private async Task DeleteNeedlessCheckpoints(SweepTracker tracker)
    {
        await foreach (var name in store.ListAsync(ArtifactNames.AllCheckpoints))
        {
            if (ArtifactNames.CheckpointOf(name) is { } id && tracker.IsStored(id))
                await store.DeleteAsync(name);
        }

        await foreach (var name in store.ListAsync(ArtifactNames.Previews))
        {
            if (ArtifactNames.PreviewOf(name) is { } id && tracker.IsStored(id))
                await store.DeleteAsync(name);
        }
    }

    /// <summary>Whether a job's end is what the sweep waited for, so that it need not wait for its timer.</summary>
    private bool IsDecidedBy(JobStatus status, SweepTracker tracker) => status.State.IsFinal() && _phase switch
    {
        SweepPhase.Running => tracker.IsFinished || (status.State == JobState.Failed && tracker.Exceeds(state.State.FailureBudget) is not null),
        SweepPhase.Stopping => tracker.Jobs.Running == 0,
        _ => false,
    };

    private async Task StopIfTooManyFailed(SweepTracker tracker)
    {
        if (!IsWanted || tracker.IsFinished || tracker.Exceeds(state.State.FailureBudget) is not { } reason)
            return;
        await Save(state.State with { Phase = SweepPhase.Stopping, Reason = reason });
        _phase = SweepPhase.Stopping;
        LogStopped(Id, reason);
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Reason = reason });
    }

    /// <summary>Gives up what does not run, and ends the sweep when nothing does. An attempt that fails or is lost meanwhile is not repeated.</summary>
    private async Task LetRunningJobsEnd(SweepTracker tracker)
    {
        await ForEach(tracker.Jobs.All.Where(j => j.Status.State == JobState.Running), job => Ask(tracker, job));
        await GiveUp(tracker, tracker.Jobs.All.Where(j => !j.Status.State.IsFinal() && j.Status.State != JobState.Running));
        if (_phase == SweepPhase.Stopping && tracker.Jobs.Running == 0)
            await EndUnfinished(tracker, SweepPhase.Stopped);
    }

    private async Task Ask(SweepTracker tracker, SweepJob job)
    {
        var reports = job.ReportCount;
        var status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).GetStatus();
        if (reports == job.ReportCount)
            Learn(tracker, job, status);
    }

    private async Task AbandonOrLeaveToTimer()
    {
        try
        {
            await Abandon();
        }
        catch (Exception e)
        {
            LogPassFailed(Id, e);
            Drive();
        }
    }

    private void End(SweepPhase phase)
    {
        _phase = phase;
        _timer?.Dispose();
        _timer = null;
        _gauge.Clear();
        PmSFCMetrics.SweepsEnded.Add(1, new KeyValuePair<string, object?>(PmSFCMetrics.SweepStateAttribute, phase.ToString().ToLowerInvariant()));
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Finished = true, Reason = state.State.Reason });
    }

    /// <summary>Acts on items with bounded concurrency, and stops between two where the sweep has turned to something else.</summary>
    private async Task ForEach(IEnumerable<SweepJob> jobs, Func<SweepJob, Task> act)
    {
        var phase = _phase;
        foreach (var chunk in jobs.ToArray().Chunk(_options.Concurrency))
        {
            if (_phase != phase)
                return;
            await Task.WhenAll(chunk.Select(act));
        }
    }

    private async Task<SweepTracker?> Tracker()
    {
        if (_tracker is not null)
            return _tracker;
        var loading = _loading ??= Load();
        try
        {
            return await loading;
        }
        finally
        {
            if (_loading == loading)
                _loading = null;
        }
    }

    private async Task<SweepTracker?> Load()
    {
        var name = ArtifactNames.SweepPlan(Id);
        if (await store.ReadAsync(name) is not { } artifact)
            return null;
        var tracker = new SweepTracker(ArtifactFormat.Read<SweepPlan>(artifact.Content.Span, name), time)
        {
            IsTakenOver = _phase is SweepPhase.Running or SweepPhase.Cancelling or SweepPhase.Stopping or SweepPhase.Pausing,
        };
        if (_phase is not (SweepPhase.None or SweepPhase.Running))
            await Recall(tracker, _phase);
        return _tracker = tracker;
    }

    /// <summary>Finds out how far a sweep came that ended, or began to, in an earlier activation.</summary>
    private async Task Recall(SweepTracker tracker, SweepPhase phase)
    {
        foreach (var preparation in tracker.Preparations)
            preparation.Status = await preparation.Ask(GrainFactory);
        await ForEach(tracker.Jobs.All, async job =>
        {
            await Examine(tracker, job);
            if (job.Status.State == JobState.Succeeded)
                return;
            tracker.Jobs.Set(job, await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).GetStatus());
            // A job whose preparation failed was never asked for, so its grain does not know.
            if (job.Status.State != JobState.Failed)
                tracker.Jobs.Set(job, tracker.After(job));
        });
        if (phase is SweepPhase.Cancelled or SweepPhase.Stopped)
            tracker.CancelUnfinished();
        if (phase is SweepPhase.Pausing or SweepPhase.Paused)
            tracker.PauseUnfinished();
    }
}
