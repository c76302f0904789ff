using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Jobs;

/// <summary>One inversion job.</summary>
[GrainType(InversionJobGrain.TypeName)]
internal sealed class InversionJobGrain(
    [PersistentState(InversionJobGrain.StateName)] IPersistentState<WorkRecord> state,
    IArtifactStore store,
    TimeProvider time,
    ILogger<InversionJobGrain> logger
) : WorkGrain<JobStatus>(state, store, time, logger), IInversionJobGrain
{
    /// <summary>The grain's type, as stored records are named by it.</summary>
    internal const string TypeName = "inversionjob";

    /// <summary>The name of its state, as stored records are named by it.</summary>
    internal const string StateName = "job";

    /// <inheritdoc/>
    protected override string ArtifactName => ArtifactNames.JobResult(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<JobStatus> Ensure(JobSpec spec, WorkRequest request, CancellationToken cancellationToken = default) =>
        EnsureAsync(WorkItem.For(spec, request), cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> Abandon(string sweepId, CancellationToken cancellationToken = default) => base.Abandon(sweepId);

    /// <inheritdoc/>
    public Task<JobStatus> GetStatus(CancellationToken cancellationToken = default) => AskAsync(cancellationToken);

    /// <summary>What a job's record says of the job.</summary>
    internal static JobStatus StatusOf(string id, WorkRecord record) =>
        new()
        {
            Id = id,
            State = record.State,
            Attempts = record.Attempts,
            Failure = record.Failure,
            Device = record.Device,
            TraceId = record.TraceId,
            Since = record.Since,
        };

    /// <inheritdoc/>
    protected override JobStatus Describe(WorkRecord record, JobProgress? progress, string? waitingFor) =>
        StatusOf(this.GetPrimaryKeyString(), record) with
        {
            Progress = progress,
            WaitingFor = waitingFor,
        };

    /// <inheritdoc/>
    protected override Task TellAsync(ISweepGrain sweep, JobStatus status) => sweep.JobChanged(status);
}
