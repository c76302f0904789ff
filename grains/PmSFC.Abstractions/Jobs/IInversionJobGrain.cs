using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Abstractions.Jobs;

/// <summary>One inversion job, shared by every sweep that implies it. The key is the job's id.</summary>
[Alias("pmsfc.IInversionJobGrain")]
public interface IInversionJobGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>
    /// Makes sure that the job is done or queued, and tells the sweep by <see cref="ISweepGrain.JobChanged"/> of every change of state.
    /// Idempotent. A job that failed runs again. Its subspace set and its network must be stored.
    /// </summary>
    [Alias("Ensure")]
    Task<JobStatus> Ensure(JobSpec spec, WorkRequest request, CancellationToken cancellationToken = default);

    /// <summary>The sweep no longer wants the job; it stops when no other sweep does.</summary>
    /// <returns>Where it is now: it may have ended before.</returns>
    [Alias("Abandon")]
    Task<JobStatus> Abandon(string sweepId, CancellationToken cancellationToken = default);

    /// <summary>What is known of the job.</summary>
    [Alias("GetStatus")]
    Task<JobStatus> GetStatus(CancellationToken cancellationToken = default);
}
