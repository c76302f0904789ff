using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Abstractions.Networks;

/// <summary>One trained network: trained once for all sweeps, and then read from the store. The key is the network's id.</summary>
[Alias("pmsfc.INetworkGrain")]
public interface INetworkGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>
    /// Makes sure that the network is stored or being trained, and tells the sweep by <see cref="ISweepGrain.PreparationChanged"/> when it is
    /// stored or has failed. Idempotent.
    /// </summary>
    [Alias("Ensure")]
    Task<PreparationStatus> Ensure(NetworkSpec spec, WorkRequest request);

    /// <summary>The sweep no longer wants the network; the training stops when no other sweep does.</summary>
    /// <returns>Where it is now: it may have ended before.</returns>
    [Alias("Abandon")]
    Task<PreparationStatus> Abandon(string sweepId);

    /// <summary>Where the training stands.</summary>
    [Alias("GetStatus")]
    Task<PreparationStatus> GetStatus();
}
