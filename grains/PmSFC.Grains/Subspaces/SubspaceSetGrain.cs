using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Subspaces;

/// <summary>The discovery of one subspace set.</summary>
internal sealed class SubspaceSetGrain(
    [PersistentState("subspaces")] IPersistentState<WorkRecord> state, IArtifactStore store, ILogger<SubspaceSetGrain> logger)
    : WorkGrain<SubspaceSetStatus>(state, store, logger), ISubspaceSetGrain
{
    /// <inheritdoc/>
    protected override string ArtifactName => ArtifactNames.SubspaceSet(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<SubspaceSetStatus> Ensure(SubspaceSpec spec, WorkRequest request) => Ensure(WorkItem.For(spec, request));

    /// <inheritdoc/>
    protected override SubspaceSetStatus Describe(WorkRecord record, JobProgress? progress, string? waitingFor) => new()
    {
        Id = this.GetPrimaryKeyString(),
        State = record.State,
        Progress = progress,
        Failure = record.Failure,
        Attempts = record.Attempts,
        Device = record.Device,
        WaitingFor = waitingFor,
    };

    /// <inheritdoc/>
    protected override Task Tell(ISweepGrain sweep, SubspaceSetStatus status) => sweep.SubspacesChanged(status);
}
