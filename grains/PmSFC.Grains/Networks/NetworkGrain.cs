using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Grains.Preparations;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Networks;

/// <summary>The training of one network.</summary>
internal sealed class NetworkGrain(
    [PersistentState("network")] IPersistentState<WorkRecord> state,
    IArtifactStore store,
    TimeProvider time,
    ILogger<NetworkGrain> logger
) : PreparationWorkGrain(PreparationKind.Network, state, store, time, logger), INetworkGrain
{
    /// <inheritdoc/>
    protected override string ArtifactName => ArtifactNames.NetworkCard(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<PreparationStatus> Ensure(NetworkSpec spec, WorkRequest request) => EnsureAsync(WorkItem.For(spec, request));
}
