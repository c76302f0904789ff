using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Jobs;

/// <summary>One inversion job.</summary>
internal sealed class InversionJobGrain(
    [PersistentState("job")] IPersistentState<WorkRecord> state, IArtifactStore store, TimeProvider time, ILogger<InversionJobGrain> logger)
    : WorkGrain<JobStatus>(state, store, time, logger), IInversionJobGrain
{
    /// <inheritdoc/>
    protected override string ArtifactName => ArtifactNames.JobResult(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<JobStatus> Ensure(JobSpec spec, WorkRequest request) => Ensure(WorkItem.For(spec, request));

    /// <inheritdoc/>
    protected override JobStatus Describe(WorkRecord record, JobProgress? progress, string? waitingFor) => new()
    {
        Id = this.GetPrimaryKeyString(),
        State = record.State,
        Attempts = record.Attempts,
        Progress = progress,
        Failure = record.Failure,
        Device = record.Device,
        WaitingFor = waitingFor,
        TraceId = record.TraceId,
        Since = record.Since,
    };

    /// <inheritdoc/>
    protected override Task Tell(ISweepGrain sweep, JobStatus status) => sweep.JobChanged(status);
}
