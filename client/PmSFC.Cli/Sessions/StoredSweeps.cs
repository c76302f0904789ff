using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Results;
using PmSFC.Client.Sweeps;
using PmSFC.Grains.Stored;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>What the store alone says about sweeps, while another process may be running them.</summary>
/// <param name="invocation">The call.</param>
/// <param name="store">The store.</param>
internal sealed class StoredSweeps(Invocation invocation, IArtifactStore store)
{
    /// <summary>Finds and lists plans, which needs no cluster.</summary>
    private readonly SweepClient _client = new(NoCluster.Create(), store, invocation.Host.Time);

    private readonly StoredGrains _grains = new(store);
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
            if (await store.ExistsAsync(ArtifactNames.JobResult(id), _cancellationToken))
                continue;
            var stored = (await _grains.ReadJobAsync(id, _cancellationToken)).Status;
            var iteration = 0;
            await foreach (var name in store.ListAsync(ArtifactNames.Checkpoints(id), _cancellationToken))
                if (ArtifactNames.TryParseCheckpoint(name, out var found))
                    iteration = Math.Max(iteration, found);
            if (stored is null && iteration == 0)
                continue;
            // What was running when its process was killed is still running in the record: only final states are certain.
            var status =
                stored is { } final && final.State.IsFinal()
                    ? final
                    : (
                        stored
                        ?? new JobStatus
                        {
                            Id = id,
                            State = JobState.Queued,
                            Attempts = 0,
                        }
                    ) with
                    {
                        State = JobState.Queued,
                        Since = null,
                    };
            statuses[id] =
                iteration == 0
                    ? status
                    : status with
                    {
                        Progress = new JobProgress
                        {
                            Iteration = iteration,
                            Iterations = job.Cell.Iterations,
                            Loss = double.NaN,
                            IterationsPerSecond = 0,
                        },
                        WaitingFor = $"At a checkpoint, iteration {iteration} of {job.Cell.Iterations}.",
                    };
        }

        return statuses.ToImmutable();
    }

    /// <summary>The results of a sweep whose plan is stored with a sound result for every job; null for any other.</summary>
    public async Task<SweepTable?> ReadDoneAsync(SweepPlan plan)
    {
        if (!await store.ExistsAsync(ArtifactNames.SweepPlan(plan.Id), _cancellationToken))
            return null;
        var table = await SweepTable.ReadAsync(store, plan, MetricColumns.All, cancellationToken: _cancellationToken);
        return table.Jobs.All(job => job.Result is not null) ? table : null;
    }

    /// <summary>Why a sweep stopped or is paused, one sentence, or null.</summary>
    public Task<string?> ReasonAsync(string sweepId) => _grains.ReadSweepReasonAsync(sweepId, _cancellationToken);
}
