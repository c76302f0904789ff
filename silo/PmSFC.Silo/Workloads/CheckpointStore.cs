using Microsoft.Extensions.Logging;
using PmSFC.Engine.Checkpoints;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>
/// The checkpoints of one job in the store, of which the newest two are kept. Nothing depends on them but time, so a store that fails here only
/// leaves a warning.
/// </summary>
internal sealed partial class CheckpointStore(IArtifactStore store, string jobId, ILogger logger)
{
    private const int Kept = 2;

    private readonly SortedSet<int> _iterations = [];

    /// <summary>The newest checkpoint that is sound; damaged ones are dropped.</summary>
    /// <exception cref="StoreException">The store cannot be read, or a checkpoint is of a later format, which is kept for the version that wrote it.</exception>
    public async Task<JobCheckpoint?> NewestAsync(IArtifactStore reader)
    {
        await foreach (var name in reader.ListAsync(ArtifactNames.Checkpoints(jobId)))
        {
            if (ArtifactNames.TryParseCheckpoint(name, out var iteration))
                _iterations.Add(iteration);
        }

        foreach (var iteration in _iterations.Reverse().ToArray())
        {
            var name = ArtifactNames.Checkpoint(jobId, iteration);
            if (await reader.ReadAsync(name) is not { Content: var content })
                continue;
            try
            {
                return JobCheckpoint.Decode(content, name);
            }
            catch (CheckpointException damage)
            {
                await DropAsync(iteration, damage.Message);
            }
        }

        return null;
    }

    /// <summary>Stores a checkpoint and deletes the ones that are too old to keep.</summary>
    public async Task PutAsync(JobCheckpoint checkpoint)
    {
        try
        {
            await store.WriteOnceAsync(ArtifactNames.Checkpoint(jobId, checkpoint.Iteration), checkpoint.Encode());
            _iterations.Add(checkpoint.Iteration);
            while (_iterations.Count > Kept)
                await DeleteAsync(_iterations.Min);
        }
        catch (StoreException failure)
        {
            LogNotStored(jobId, checkpoint.Iteration, failure.Message);
        }
    }

    /// <summary>Deletes a checkpoint that cannot be used.</summary>
    public async Task DropAsync(int iteration, string reason)
    {
        LogDropped(jobId, iteration, reason);
        await TryDeleteAsync(iteration);
    }

    /// <summary>Deletes all checkpoints: the result is stored.</summary>
    public async Task ClearAsync()
    {
        foreach (var iteration in _iterations.ToArray())
            await TryDeleteAsync(iteration);
    }

    private async Task TryDeleteAsync(int iteration)
    {
        try
        {
            await DeleteAsync(iteration);
        }
        catch (StoreException failure)
        {
            LogNotDeleted(jobId, iteration, failure.Message);
        }
    }

    private async Task DeleteAsync(int iteration)
    {
        await store.DeleteAsync(ArtifactNames.Checkpoint(jobId, iteration));
        _iterations.Remove(iteration);
    }

    [LoggerMessage(LogLevel.Warning, "The checkpoint of {Job} at iteration {Iteration} is dropped: {Reason}")]
    private partial void LogDropped(string job, int iteration, string reason);

    [LoggerMessage(LogLevel.Warning, "{Job} has no checkpoint at iteration {Iteration}: {Reason}")]
    private partial void LogNotStored(string job, int iteration, string reason);

    [LoggerMessage(LogLevel.Warning, "The checkpoint of {Job} at iteration {Iteration} cannot be deleted: {Reason}")]
    private partial void LogNotDeleted(string job, int iteration, string reason);
}
