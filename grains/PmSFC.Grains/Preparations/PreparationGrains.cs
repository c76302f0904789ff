using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Grains.Preparations;

/// <summary>
/// The calls of a preparation's grain. Discoveries and trainings keep the grains by which silos of earlier versions know them; every later kind shares one.
/// </summary>
internal static class PreparationGrains
{
    /// <summary>Makes sure that it is stored or being made.</summary>
    public static Task<PreparationStatus> EnsureAsync(this IGrainFactory grains, IPreparationSpec spec, WorkRequest request) =>
        spec switch
        {
            SubspaceSpec subspaces => grains.GetGrain<ISubspaceSetGrain>(spec.Id).Ensure(subspaces, request),
            NetworkSpec network => grains.GetGrain<INetworkGrain>(spec.Id).Ensure(network, request),
            _ => grains.GetGrain<IPreparationGrain>(spec.Id).Ensure((PreparationSpec)spec, request),
        };

    /// <summary>A sweep no longer wants it.</summary>
    public static Task<PreparationStatus> AbandonAsync(this IGrainFactory grains, IPreparationSpec spec, string sweepId) =>
        spec switch
        {
            SubspaceSpec => grains.GetGrain<ISubspaceSetGrain>(spec.Id).Abandon(sweepId),
            NetworkSpec => grains.GetGrain<INetworkGrain>(spec.Id).Abandon(sweepId),
            _ => grains.GetGrain<IPreparationGrain>(spec.Id).Abandon(sweepId),
        };

    /// <summary>Where it stands.</summary>
    public static Task<PreparationStatus> GetStatusAsync(this IGrainFactory grains, IPreparationSpec spec) =>
        spec switch
        {
            SubspaceSpec => grains.GetGrain<ISubspaceSetGrain>(spec.Id).GetStatus(),
            NetworkSpec => grains.GetGrain<INetworkGrain>(spec.Id).GetStatus(),
            _ => grains.GetGrain<IPreparationGrain>(spec.Id).GetStatus(),
        };
}
