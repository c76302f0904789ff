using System.Text.Json;
using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Jobs;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Stored;

/// <summary>Reads what grains have stored, without asking a grain.</summary>
/// <remarks>
/// A grain stores its record where an attempt begins or ends. A job whose process was killed while it ran is <see cref="JobState.Running"/> in its record
/// until a grain is asked: only final states are certain.
/// </remarks>
/// <param name="store">The store.</param>
public sealed class StoredGrains(IArtifactStore store)
{
    /// <summary>Reads a job's record.</summary>
    /// <exception cref="StoreException">The store failed, or the record is of a later format.</exception>
    public async Task<StoredJob> ReadJobAsync(string jobId, CancellationToken cancellationToken = default)
    {
        var name = GrainRecord.NameOf(InversionJobGrain.StateName, GrainId.Create(InversionJobGrain.TypeName, jobId));
        var (record, isDamaged) = await ReadAsync<WorkRecord>(name, cancellationToken);
        return new StoredJob(name, record is null ? null : InversionJobGrain.StatusOf(jobId, record), isDamaged);
    }

    /// <summary>Why a sweep stopped or is paused, one sentence, or null: it did not, nothing is stored of it, or its record cannot be read.</summary>
    /// <exception cref="StoreException">The store failed, or the record is of a later format.</exception>
    public async Task<string?> ReadSweepReasonAsync(string sweepId, CancellationToken cancellationToken = default)
    {
        var name = GrainRecord.NameOf(SweepGrain.StateName, GrainId.Create(SweepGrain.TypeName, sweepId));
        return (await ReadAsync<SweepRecord>(name, cancellationToken)).Record?.Reason;
    }

    private async Task<(T? Record, bool IsDamaged)> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class
    {
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
            return (null, false);
        ArtifactFormat.Check(artifact.Content.Span, name);
        try
        {
            return (GrainRecord.Read<T>(artifact.Content.Span), false);
        }
        catch (JsonException)
        {
            return (null, true);
        }
    }
}
