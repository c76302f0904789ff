using Orleans.Concurrency;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Devices;

/// <summary>
/// The grain that a piece of work belongs to. Every report carries the fencing token of the lease it was made under; a report under a token
/// older than the newest one seen is ignored and answered with false.
/// </summary>
[Alias("pmsfc.IWorkOwner")]
public interface IWorkOwner : IGrain
{
    /// <summary>A device took the work.</summary>
    [Alias("Started")]
    Task<bool> Started(long token, string device);

    /// <summary>The work goes on.</summary>
    [Alias("Progressed")]
    Task<bool> Progressed(long token, JobProgress progress);

    /// <summary>The work's artifacts are stored.</summary>
    [Alias("Succeeded")]
    Task<bool> Succeeded(long token);

    /// <summary>The attempt failed; the owner decides by the failure's retry rule whether there is another.</summary>
    [Alias("Failed")]
    Task<bool> Failed(long token, JobFailure failure);

    /// <summary>The worker gave the work back without a failure, because it drains; it goes back to the queue.</summary>
    [Alias("Released")]
    Task<bool> Released(long token);

    /// <summary>The lease expired without renewal; it counts as a lost attempt.</summary>
    [Alias("LeaseExpired")]
    Task<bool> LeaseExpired(long token);

    /// <summary>Whether a queued piece of work can be taken by a device that is connected now.</summary>
    [OneWay]
    [Alias("CapacityChanged")]
    Task CapacityChanged(CapacityState capacity);
}
