using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
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
            if (_phase == SweepPhase.Cancelling)
                await Abandon();
            if (!IsWanted)
                return;
            await _pass.WaitAsync(cancellationToken);
            try
            {
                await AskForWhatIsMissing(board);
            }
            finally
            {
                _pass.Release();
            }
        }
        catch (Exception e)
        {
            LogPassFailed(Id, e);
        }
    }

    private async Task AskForWhatIsMissing(SweepBoard board)
    {
        await ForEach(board.Jobs.Where(j => !j.Examined && !j.Status.State.IsFinal()), Examine);
        foreach (var preparation in board.PreparationsWanted().ToArray())
            await Ensure(board, preparation);
        _passes++;
        await ForEach(Unfinished().Where(j => j.Asked == 0), job => Ensure(board, job));
        await ForEach(
            Unfinished().Where(j => j.Asked > 0 && j.Asked < _passes).OrderBy(j => j.Status.State != JobState.Running).ThenBy(j => j.Asked)
                .Take(_options.AskedAgainPerPass),
            job => Ensure(board, job));
        await FinishIfDone(board);

        IEnumerable<SweepJob> Unfinished() => board.Jobs.Where(j => !j.Status.State.IsFinal() && board.IsReady(j));
    }

    private async Task Examine(SweepJob job)
    {
        try
        {
            if (await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id)))
                Learn(job, job.Status with { State = JobState.Succeeded, WaitingFor = null, Failure = null });
            job.Examined = true;
        }
        catch (StoreException e)
        {
            Learn(job, job.Status with { WaitingFor = e.Message });
        }
    }

    private async Task Ensure(SweepBoard board, SweepJob job)
    {
        var heard = job.Heard;
        try
        {
            var status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).Ensure(job.Spec, Request(board, job.Bytes));
            job.Asked = _passes;
            if (heard == job.Heard)
                Learn(job, status);
        }
        catch (Exception e)
        {
            LogNoAnswer(job.Status.Id, e);
            job.Asked = 0;
            if (heard == job.Heard && job.Status.State != JobState.Running)
                Learn(job, job.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private async Task Ensure(SweepBoard board, SweepPreparation preparation)
    {
        if (!IsWanted)
            return;
        if (preparation.BaseId is { } baseId && board.Preparation(baseId)!.Status is { State: JobState.Failed } failed)
        {
            Learn(preparation, preparation.Status with { State = JobState.Failed, Failure = failed.Failure, WaitingFor = null });
            return;
        }

        if (!board.IsReady(preparation))
            return;
        var heard = preparation.Heard;
        try
        {
            var status = await preparation.Ensure(GrainFactory, Request(board, preparation.Bytes));
            if (heard == preparation.Heard)
                Learn(preparation, status);
        }
        catch (Exception e)
        {
            LogNoAnswer(preparation.Status.Id, e);
            if (heard == preparation.Heard && preparation.Status.State != JobState.Running)
                Learn(preparation, preparation.Status with { WaitingFor = NoAnswer(e) });
        }
    }

    private static string NoAnswer(Exception e) => e is StoreException || e.InnerException is StoreException
        ? (e as StoreException ?? e.InnerException!).Message
        : "its grain did not answer and is asked again";

    private void Learn(SweepJob job, JobStatus status)
    {
        var known = job.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        // What a cancelled sweep's jobs still do, they do for others; a job that nobody wants has not heard of this sweep yet.
        if (status.State != JobState.Succeeded && (!IsWanted || status.State == JobState.Cancelled))
            return;
        job.Status = status;
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
    }

    private void Learn(SweepPreparation preparation, PreparationStatus status)
    {
        var known = preparation.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        if (status.State != JobState.Succeeded && (!IsWanted || status.State == JobState.Cancelled))
            return;
        preparation.Status = status;
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Preparation = status });
        foreach (var (job, consequence) in _board!.Consequences(preparation).ToArray())
            Learn(job, consequence);
    }

    private async Task FinishIfDone(SweepBoard board)
    {
        if (!IsWanted || !board.IsFinished)
            return;
        await Save(state.State with { Phase = SweepPhase.Finished });
        LogFinished(Id, board.Jobs.Count(j => j.Status.State == JobState.Succeeded), board.Jobs.Count);
        End(SweepPhase.Finished);
    }

    /// <summary>Gives up what is not stored. Where a job does not answer, the phase stays and the next pass tries again.</summary>
    private async Task Abandon()
    {
        await _pass.WaitAsync();
        try
        {
            if (_phase != SweepPhase.Cancelling || await Board() is not { } board)
                return;
            await ForEach(
                board.Jobs.Where(j => j.Status.State != JobState.Succeeded),
                job => GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).Abandon(Id));
            foreach (var preparation in board.Preparations.Where(p => p.Status.State != JobState.Succeeded))
                await preparation.Abandon(GrainFactory, Id);
            await Save(state.State with { Phase = SweepPhase.Cancelled });
            foreach (var status in board.CancelUnfinished())
                _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Job = status });
            End(SweepPhase.Cancelled);
        }
        finally
        {
            _pass.Release();
        }
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
        _events.Add(sequence => new SweepEvent { Sequence = sequence, At = time.GetUtcNow(), Finished = true });
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
        var board = new SweepBoard(ArtifactFormat.Read<SweepPlan>(artifact.Content.Span, name));
        if (_phase is SweepPhase.Finished or SweepPhase.Cancelled)
            await Recall(board, _phase);
        return _board = board;
    }

    /// <summary>Finds out how a sweep ended that ended in an earlier activation.</summary>
    private async Task Recall(SweepBoard board, SweepPhase phase)
    {
        foreach (var preparation in board.Preparations)
            preparation.Status = await preparation.Ask(GrainFactory);
        await ForEach(board.Jobs, async job =>
        {
            await Examine(job);
            if (job.Status.State == JobState.Succeeded)
                return;
            job.Status = await GrainFactory.GetGrain<IInversionJobGrain>(job.Status.Id).GetStatus();
            // A job whose preparation failed was never asked for, so its grain does not know.
            if (job.Status.State != JobState.Failed)
                job.Status = board.After(job);
        });
        if (phase == SweepPhase.Cancelled)
            board.CancelUnfinished();
    }
}
