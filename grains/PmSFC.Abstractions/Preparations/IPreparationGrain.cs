using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Abstractions.Preparations;

/// <summary>One preparation of a kind that has no grain of its own: made once for all sweeps, and then read from the store. The key is its id.</summary>
[Alias("pmsfc.IPreparationGrain")]
public interface IPreparationGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>
    /// Makes sure that it is stored or being made, and tells the sweep by <see cref="ISweepGrain.PreparationChanged"/> when it is stored or has failed.
    /// Idempotent. What it needs must be stored.
    /// </summary>
    [Alias("Ensure")]
    Task<PreparationStatus> Ensure(PreparationSpec spec, WorkRequest request);

    /// <summary>The sweep no longer wants it; the work stops when no other sweep does.</summary>
    /// <returns>Where it is now: it may have ended before.</returns>
    [Alias("Abandon")]
    Task<PreparationStatus> Abandon(string sweepId);

    /// <summary>Where it stands.</summary>
    [Alias("GetStatus")]
    Task<PreparationStatus> GetStatus();
}
