using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Grains.Preparations;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Subspaces;

/// <summary>The discovery of one subspace set.</summary>
internal sealed class SubspaceSetGrain(
    [PersistentState("subspaces")] IPersistentState<WorkRecord> state,
    IArtifactStore store,
    TimeProvider time,
    ILogger<SubspaceSetGrain> logger
) : PreparationWorkGrain(PreparationKind.Subspaces, state, store, time, logger), ISubspaceSetGrain
{
    /// <inheritdoc/>
    protected override string ArtifactName => ArtifactNames.SubspaceSet(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<PreparationStatus> Ensure(SubspaceSpec spec, WorkRequest request) => EnsureAsync(WorkItem.For(spec, request));
}
