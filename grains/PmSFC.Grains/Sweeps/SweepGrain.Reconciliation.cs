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
            if (await Board() is not { } board)
                return;
            if (_phase is SweepPhase.Cancelling or SweepPhase.Pausing)
                await Abandon();
            if (_phase is not (SweepPhase.Running or SweepPhase.Stopping))
                return;
            await _pass.WaitAsync(cancellationToken);
            try
            {
                if (IsWanted)
                    await AskForWhatIsMissing(board);
                if (_phase == SweepPhase.Stopping)
                    await LetRunningJobsEnd(board);
                _trouble = null;
            }
            finally
            {
                _pass.Release();
                ShowProgress(board);
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

    private async Task AskForWhatIsMissing(SweepBoard board)
    {
        await ForEach(board.Jobs.Unexamined(), job => Examine(board, job));
        foreach (var preparation in board.PreparationsWanted().ToArray())
            await Ensure(board, preparation);
        DoubtWhereSilosChanged(board);
        await ForEach(board.Jobs.HandOver(MostWaiting(board) - board.Jobs.Waiting, board.IsReady), job => Ensure(board, job));
        await ForEach(InDoubt(board), job => Ensure(board, job));
        await StopIfTooManyFailed(board);
        await FinishIfDone(board);
    }

    private int MostWaiting(SweepBoard board) => Math.Max(_options.LeastWaiting, 2 * board.Jobs.Running);

    private bool RunsShortOfJobs(SweepBoard board) => board.Jobs.Waiting < MostWaiting(board) / 2 && board.Jobs.HasMore(board.IsReady);

    /// <summary>A silo that went may have held the queue or the grains of jobs.</summary>
    private void DoubtWhereSilosChanged(SweepBoard board)
    {
        var silos = membership.CurrentSnapshot.Version;
        if (silos == _silos)
            return;
        _silos = silos;
        DoubtAll(board);
    }

    private SweepJob[] InDoubt(SweepBoard board)
    {
        var now = time.GetUtcNow();
        return
        [
            .. board.Jobs.HandedOver.Where(job => job.AskAgainAt <= now).OrderBy(job => job.Status.State != JobState.Running).ThenBy(job => job.AskAgainAt)
                .Take(_options.AskedAgainPerPass),
        ];
    }

    private async Task Examine(SweepBoard board, SweepJob job)
    {
        try
        {
            if (await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id)))
                Learn(board, job, job.Status with { State = JobState.Succeeded, WaitingFor = null, Failure = null, Since = null });
            job.Examined = true;
        }
        catch (StoreException e)
        {
            Learn(board, job, job.Status with { WaitingFor = e.Message });
        }
    }

    /// <summary>Whoever starts a sweep that runs may have removed results that were damaged.</summary>
    private async Task ForgetWhatHasGone(SweepBoard board)
    {
        // Not within a pass, which may be about to end the sweep with the results that it saw.
        await _pass.WaitAsync();
        try
        {
            if (!IsWanted)
                return;
            var gone = new List<SweepJob>();
            await ForEach(board.Jobs.All.Where(job => job.Status.State == JobState.Succeeded), async job =>
            {
                if (!await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id)))
                    gone.Add(job);
            });
            board.Forget(gone);
        }
        finally
        {
            _pass.Release();
        }
    }

    private async Task Ensure(SweepBoard board, SweepJob job)
    {
        var heard = job.Heard;
        job.WasAskedFor = true;
        try
        {
            var status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).Ensure(job.Spec, Request(board, job.Bytes));
            job.WasAsked(time.GetUtcNow(), _options.ReconcilePeriod, _options.LongestSilence);
            if (heard == job.Heard)
                Learn(board, job, status);
        }
        catch (Exception e)
        {
            LogNoAnswer(job.Status.Id, e);
            job.IsInDoubt();
            if (heard == job.Heard && job.Status.State != JobState.Running)
                Learn(board, job, job.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private async Task Ensure(SweepBoard board, SweepPreparation preparation)
    {
        if (!IsWanted)
            return;
        if (preparation.BaseId is { } baseId && board.Preparation(baseId)!.Status is { State: JobState.Failed } failed)
        {
            Learn(board, preparation, preparation.Status with { State = JobState.Failed, Failure = failed.Failure, WaitingFor = null });
            return;
        }

        if (!board.IsReady(preparation))
            return;
        var heard = preparation.Heard;
        try
        {
            var status = await preparation.Ensure(GrainFactory, Request(board, preparation.Bytes));
            if (heard == preparation.Heard)
                Learn(board, preparation, status);
        }
        catch (Exception e)
        {
            LogNoAnswer(preparation.Status.Id, e);
            if (heard == preparation.Heard && preparation.Status.State != JobState.Running)
                Learn(board, preparation, preparation.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private static string NoAnswer(Exception e) => StoreTrouble.Of(e)?.Message ?? "its grain did not answer and is asked again";

    private void Learn(SweepBoard board, SweepJob job, JobStatus status)
    {
        var known = job.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        // What a cancelled sweep's jobs still do, they do for others; a job that nobody wants has not heard of this sweep yet.
        var isHeard = IsWanted || (_phase == SweepPhase.Stopping && known.State == JobState.Running);
        if (status.State != JobState.Succeeded && (!isHeard || status.State == JobState.Cancelled))
            return;
        Record(board, job, status);
    }

    private void Record(SweepBoard board, SweepJob job, JobStatus status)
    {
        board.Jobs.Set(job, status);
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
    }

    private void Learn(SweepBoard board, SweepPreparation preparation, PreparationStatus status)
    {
        var known = preparation.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        if (status.State != JobState.Succeeded && (!IsWanted || status.State == JobState.Cancelled))
            return;
        preparation.Status = status;
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Preparation = status });
        foreach (var (job, consequence) in board.Consequences(preparation).ToArray())
            Learn(board, job, consequence);
    }

    private async Task FinishIfDone(SweepBoard board)
    {
        if (!IsWanted || !board.IsFinished)
            return;
        await DeleteNeedlessCheckpoints(board);
        await Save(state.State with { Phase = SweepPhase.Finished });
        LogFinished(Id, board.Jobs.All.Count(j => j.Status.State == JobState.Succeeded), board.Jobs.All.Count);
        End(SweepPhase.Finished);
    }

    /// <summary>Gives up what is not stored. Where a job does not answer, the phase stays and the next pass tries again.</summary>
    private async Task Abandon()
    {
        await _pass.WaitAsync();
        try
        {
            if (_phase is not (SweepPhase.Cancelling or SweepPhase.Stopping or SweepPhase.Pausing) || await Board() is not { } board)
                return;
            await GiveUp(board, board.Jobs.All.Where(j => j.Status.State != JobState.Succeeded));
            if (_phase == SweepPhase.Pausing)
                await StandStill(board);
            else
                await EndUnfinished(board, _phase == SweepPhase.Stopping ? SweepPhase.Stopped : SweepPhase.Cancelled);
        }
        finally
        {
            _pass.Release();
        }
    }

    private async Task GiveUp(SweepBoard board, IEnumerable<SweepJob> jobs)
    {
        await ForEach(jobs.Where(job => job.WasAskedFor || board.IsTakenOver), job => GiveUp(board, job));
        foreach (var preparation in board.Preparations.Where(p => p.Status.State != JobState.Succeeded))
            await preparation.Abandon(GrainFactory, Id);
    }

    private async Task GiveUp(SweepBoard board, SweepJob job)
    {
        var status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).Abandon(Id);
        // It may have ended before it heard, and what it said then came to a sweep that no longer listens.
        if (status.State is JobState.Succeeded or JobState.Failed && status != job.Status)
            Record(board, job, status);
    }

    private async Task StandStill(SweepBoard board)
    {
        await Save(state.State with { Phase = SweepPhase.Paused });
        _phase = SweepPhase.Paused;
        _timer?.Dispose();
        _timer = null;
        _gauge.Clear();
        foreach (var status in board.PauseUnfinished())
            _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
    }

    private async Task EndUnfinished(SweepBoard board, SweepPhase phase)
    {
        await DeleteNeedlessCheckpoints(board);
        await Save(state.State with { Phase = phase });
        foreach (var status in board.CancelUnfinished())
            _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
        End(phase);
    }

    /// <summary>A silo that dies after it stored what checkpoints led to, and before it deleted these and the previews, leaves them to the sweep.</summary>
    private async Task DeleteNeedlessCheckpoints(SweepBoard board)
    {
        await foreach (var name in store.ListAsync(ArtifactNames.AllCheckpoints))
        {
            if (ArtifactNames.CheckpointOf(name) is { } id && board.IsStored(id))
                await store.DeleteAsync(name);
        }

        await foreach (var name in store.ListAsync(ArtifactNames.Previews))
        {
            if (ArtifactNames.PreviewOf(name) is { } id && board.IsStored(id))
                await store.DeleteAsync(name);
        }
    }

    /// <summary>Whether a job's end is what the sweep waited for, so that it need not wait for its timer.</summary>
    private bool IsDecidedBy(JobStatus status, SweepBoard board) => status.State.IsFinal() && _phase switch
    {
        SweepPhase.Running => board.IsFinished || (status.State == JobState.Failed && board.Exceeds(state.State.FailureBudget) is not null),
        SweepPhase.Stopping => board.Jobs.Running == 0,
        _ => false,
    };

    private async Task StopIfTooManyFailed(SweepBoard board)
    {
        if (!IsWanted || board.IsFinished || board.Exceeds(state.State.FailureBudget) is not { } reason)
            return;
        await Save(state.State with { Phase = SweepPhase.Stopping, Reason = reason });
        _phase = SweepPhase.Stopping;
        LogStopped(Id, reason);
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Reason = reason });
    }

    /// <summary>Gives up what does not run, and ends the sweep when nothing does. An attempt that fails or is lost meanwhile is not repeated.</summary>
    private async Task LetRunningJobsEnd(SweepBoard board)
    {
        await ForEach(board.Jobs.All.Where(j => j.Status.State == JobState.Running), job => Ask(board, job));
        await GiveUp(board, board.Jobs.All.Where(j => !j.Status.State.IsFinal() && j.Status.State != JobState.Running));
        if (_phase == SweepPhase.Stopping && board.Jobs.Running == 0)
            await EndUnfinished(board, SweepPhase.Stopped);
    }

    private async Task Ask(SweepBoard board, SweepJob job)
    {
        var heard = job.Heard;
        var status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).GetStatus();
        if (heard == job.Heard)
            Learn(board, job, status);
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

    private async Task<SweepBoard?> Board()
    {
        if (_board is not null)
            return _board;
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

    private async Task<SweepBoard?> Load()
    {
        var name = ArtifactNames.SweepPlan(Id);
        if (await store.ReadAsync(name) is not { } artifact)
            return null;
        var board = new SweepBoard(ArtifactFormat.Read<SweepPlan>(artifact.Content.Span, name), time)
        {
            IsTakenOver = _phase is SweepPhase.Running or SweepPhase.Cancelling or SweepPhase.Stopping or SweepPhase.Pausing,
        };
        if (_phase is not (SweepPhase.None or SweepPhase.Running))
            await Recall(board, _phase);
        return _board = board;
    }

    /// <summary>Finds out how far a sweep came that ended, or began to, in an earlier activation.</summary>
    private async Task Recall(SweepBoard board, SweepPhase phase)
    {
        foreach (var preparation in board.Preparations)
            preparation.Status = await preparation.Ask(GrainFactory);
        await ForEach(board.Jobs.All, async job =>
        {
            await Examine(board, job);
            if (job.Status.State == JobState.Succeeded)
                return;
            board.Jobs.Set(job, await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).GetStatus());
            // A job whose preparation failed was never asked for, so its grain does not know.
            if (job.Status.State != JobState.Failed)
                board.Jobs.Set(job, board.After(job));
        });
        if (phase is SweepPhase.Cancelled or SweepPhase.Stopped)
            board.CancelUnfinished();
        if (phase is SweepPhase.Pausing or SweepPhase.Paused)
            board.PauseUnfinished();
    }
}
