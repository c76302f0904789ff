using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Abstractions.Subspaces;

/// <summary>One subspace set: discovered once for all sweeps, and then read from the store. The key is the set's id.</summary>
[Alias("pmsfc.ISubspaceSetGrain")]
public interface ISubspaceSetGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>
    /// Makes sure that the set is stored or being discovered, and tells the sweep by <see cref="ISweepGrain.PreparationChanged"/> when it is
    /// stored or has failed. Idempotent.
    /// </summary>
    [Alias("Ensure")]
    Task<PreparationStatus> Ensure(SubspaceSpec spec, WorkRequest request);

    /// <summary>The sweep no longer wants the set; the discovery stops when no other sweep does.</summary>
    /// <returns>Where it is now: it may have ended before.</returns>
    [Alias("Abandon")]
    Task<PreparationStatus> Abandon(string sweepId);

    /// <summary>Where the discovery stands.</summary>
    [Alias("GetStatus")]
    Task<PreparationStatus> GetStatus();
}
