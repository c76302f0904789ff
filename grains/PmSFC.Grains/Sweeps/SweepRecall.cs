using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Grains.Sweeps;

/// <summary>Finds out how far a sweep came in earlier activations.</summary>
internal sealed class SweepRecall(ISweepWork work, IArtifactStore store, SweepOptions options, TimeProvider time)
{
    /// <summary>What is known of the jobs of a sweep, or null where no plan of it is stored.</summary>
    /// <param name="id">The sweep's id.</param>
    /// <param name="record">Its record.</param>
    public async Task<SweepTracker?> RecallAsync(string id, SweepRecord record)
    {
        var name = ArtifactNames.SweepPlan(id);
        if (await store.ReadAsync(name) is not { } artifact)
            return null;
        var tracker = new SweepTracker(ArtifactFormat.Read<SweepPlan>(artifact.Content.Span, name), time);
        if (record.IsActive)
            tracker.TakeOver();
        // A sweep that runs asks for what is missing anyway, and one that was never started has nothing to tell.
        if (record.Phase is SweepPhase.None or SweepPhase.Running)
            return tracker;
        foreach (var preparation in tracker.Preparations)
            preparation.Status = await work.AskAsync(preparation);
        foreach (var some in tracker.Jobs.All.ToArray().Chunk(options.Concurrency))
            await Task.WhenAll(some.Select(job => RecallAsync(tracker, job, record.Phase)));
        if (record.Phase is SweepPhase.Cancelled or SweepPhase.Stopped)
            tracker.CancelUnfinished();
        if (record.IsPaused)
            tracker.PauseUnfinished();
        return tracker;
    }

    private async Task RecallAsync(SweepTracker tracker, SweepJob job, SweepPhase phase)
    {
        if (await IsStoredAsync(job))
        {
            tracker.Jobs.Set(job, job.Status with { State = JobState.Succeeded, WaitingFor = null });
            return;
        }

        tracker.Jobs.Set(job, await work.AskAsync(job, CancellationToken.None));
        // A sweep that finished gave nothing up: the grain of a job that failed remembers who asked for it, whatever it does now.
        job.IsRequested |= phase == SweepPhase.Finished;
        // A job whose preparation failed was never asked for, so its grain does not know.
        if (job.Status.State is not (JobState.Failed or JobState.Succeeded))
            tracker.Jobs.Set(job, tracker.After(job));
    }

    private async Task<bool> IsStoredAsync(SweepJob job)
    {
        try
        {
            var stored = await store.ExistsAsync(ArtifactNames.JobResult(job.Status.Id));
            job.Examined = true;
            return stored;
        }
        catch (StoreException)
        {
            return false;
        }
    }
}
