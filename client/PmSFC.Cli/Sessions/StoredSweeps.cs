using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Results;
using PmSFC.Client.Sweeps;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>What the store alone tells of sweeps, while another process may be running them.</summary>
internal static class StoredSweeps
{
    private static readonly JsonSerializerOptions RecordJson = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>A client for what needs no cluster: finding and listing plans.</summary>
    public static SweepClient In(IArtifactStore store, TimeProvider time) => new(NoCluster.Create(), store, time);

    /// <summary>What is stored of jobs without a result: their newest checkpoint, and why their last attempt failed.</summary>
    public static async Task<ImmutableDictionary<string, JobStatus>> StatusesAsync(
        IArtifactStore store, SweepPlan plan, CancellationToken cancellationToken)
    {
        var statuses = ImmutableDictionary.CreateBuilder<string, JobStatus>(StringComparer.Ordinal);
        foreach (var job in plan.Jobs().DistinctBy(job => job.Spec.Id))
        {
            var id = job.Spec.Id;
            if (await store.ExistsAsync(ArtifactNames.JobResult(id), cancellationToken)) continue;
            var record = await ReadRecordAsync(store, id, cancellationToken);
            var iteration = 0;
            await foreach (var name in store.ListAsync(ArtifactNames.Checkpoints(id), cancellationToken))
                if (ArtifactNames.TryParseCheckpoint(name, out var found)) iteration = Math.Max(iteration, found);
            if (record is null && iteration == 0) continue;
            statuses[id] = new JobStatus
            {
                Id = id,
                // What was running when its process died looks so for ever in the record: only final states can be believed.
                State = record?.State.IsFinal() == true ? record.State : JobState.Queued,
                Attempts = record?.Attempts ?? 0,
                Failure = record?.Failure,
                Device = record?.Device,
                TraceId = record?.TraceId,
                Since = record?.State.IsFinal() == true ? record.Since : null,
                Progress = iteration == 0 ? null : new JobProgress { Iteration = iteration, Iterations = job.Cell.Iterations, Loss = double.NaN, IterationsPerSecond = 0 },
                WaitingFor = iteration == 0 ? null : $"At a checkpoint, iteration {iteration} of {job.Cell.Iterations}.",
            };
        }

        return statuses.ToImmutable();
    }

    /// <summary>The results of a sweep whose plan is stored with a sound result for every job; null for any other.</summary>
    public static async Task<SweepTable?> ReadDoneAsync(IArtifactStore store, SweepPlan plan, CancellationToken cancellationToken)
    {
        if (!await store.ExistsAsync(ArtifactNames.SweepPlan(plan.Id), cancellationToken)) return null;
        var table = await SweepTable.ReadAsync(store, plan, MetricColumns.All, cancellationToken: cancellationToken);
        return table.Jobs.All(job => job.Result is not null) ? table : null;
    }

    /// <summary>Why a sweep stopped or stands still, one sentence, or null.</summary>
    public static async Task<string?> ReasonAsync(IArtifactStore store, string sweepId, CancellationToken cancellationToken) =>
        (await ReadAsync<SweepRecord>(store, ArtifactNames.State("sweep", "sweep", sweepId), cancellationToken))?.Reason;

    private static Task<WorkRecord?> ReadRecordAsync(IArtifactStore store, string jobId, CancellationToken cancellationToken) =>
        ReadAsync<WorkRecord>(store, ArtifactNames.State("inversionjob", "job", jobId), cancellationToken);

    private static async Task<T?> ReadAsync<T>(IArtifactStore store, string name, CancellationToken cancellationToken)
        where T : class
    {
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact) return null;
        ArtifactFormat.Check(artifact.Content.Span, name);
        try
        {
            return JsonSerializer.Deserialize<T>(artifact.Content.Span, RecordJson);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
