using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Preparations;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Preparations;

/// <summary>One preparation of any kind that has no grain of its own.</summary>
[GrainType("preparation")]
internal sealed class PreparationGrain(
    [PersistentState("preparation")] IPersistentState<WorkRecord> state,
    IArtifactStore store,
    TimeProvider time,
    ILogger<PreparationGrain> logger
) : PreparationWorkGrain(PreparationKind.Other, state, store, time, logger), IPreparationGrain
{
    /// <inheritdoc/>
    protected override string ArtifactName => ArtifactNames.PreparationCard(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<PreparationStatus> Ensure(PreparationSpec spec, WorkRequest request) => EnsureAsync(WorkItem.For(spec, request));
}
