using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Results;
using PmSFC.Client.Sweeps;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>What the store alone tells of sweeps, while another process may be running them.</summary>
/// <param name="invocation">The call.</param>
/// <param name="store">The store.</param>
internal sealed class StoredSweeps(Invocation invocation, IArtifactStore store)
{
    private static readonly JsonSerializerOptions RecordJson = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Finds and lists plans, which needs no cluster.</summary>
    private readonly SweepClient _client = new(NoCluster.Create(), store, invocation.Host.Time);

    private readonly CancellationToken _cancellationToken = invocation.CancellationToken;

    /// <summary>The plan of a sweep.</summary>
    /// <param name="reference">The beginning of its id, or <see cref="SweepClient.Latest"/>.</param>
    /// <exception cref="BadInputException">There is no such sweep, or several.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public Task<SweepPlan> FindPlanAsync(string reference) => _client.FindPlanAsync(reference, _cancellationToken);

    /// <summary>The results of a sweep, found as <see cref="FindPlanAsync"/> does.</summary>
    /// <exception cref="BadInputException">There is no such sweep, or several.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<SweepTable> ReadTableAsync(string reference) =>
        await SweepTable.ReadAsync(store, await FindPlanAsync(reference), MetricColumns.All, cancellationToken: _cancellationToken);

    /// <summary>Every sweep of the store, the latest first.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public Task<ImmutableArray<StoredSweep>> ListAsync() => _client.ListAsync(_cancellationToken);

    /// <summary>What a plan asks for, and what of it is stored already.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public Task<SweepForecast> ForecastAsync(SweepPlan plan) => _client.ForecastAsync(plan, _cancellationToken);

    /// <summary>What is stored of jobs without a result: their newest checkpoint, and why their last attempt failed.</summary>
    public async Task<ImmutableDictionary<string, JobStatus>> StatusesAsync(SweepPlan plan)
    {
        var statuses = ImmutableDictionary.CreateBuilder<string, JobStatus>(StringComparer.Ordinal);
        foreach (var job in plan.Jobs().DistinctBy(job => job.Spec.Id))
        {
            var id = job.Spec.Id;
            if (await store.ExistsAsync(ArtifactNames.JobResult(id), _cancellationToken)) continue;
            var record = await ReadRecordAsync(id);
            var iteration = 0;
            await foreach (var name in store.ListAsync(ArtifactNames.Checkpoints(id), _cancellationToken))
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
    public async Task<SweepTable?> ReadDoneAsync(SweepPlan plan)
    {
        if (!await store.ExistsAsync(ArtifactNames.SweepPlan(plan.Id), _cancellationToken)) return null;
        var table = await SweepTable.ReadAsync(store, plan, MetricColumns.All, cancellationToken: _cancellationToken);
        return table.Jobs.All(job => job.Result is not null) ? table : null;
    }

    /// <summary>Why a sweep stopped or stands still, one sentence, or null.</summary>
    public async Task<string?> ReasonAsync(string sweepId) => (await ReadAsync<SweepRecord>(ArtifactNames.State("sweep", "sweep", sweepId)))?.Reason;

    private Task<WorkRecord?> ReadRecordAsync(string jobId) => ReadAsync<WorkRecord>(ArtifactNames.State("inversionjob", "job", jobId));

    private async Task<T?> ReadAsync<T>(string name)
        where T : class
    {
        if (await store.ReadAsync(name, _cancellationToken) is not { } artifact) return null;
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
