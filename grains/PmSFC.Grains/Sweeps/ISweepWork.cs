using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Grains.Sweeps;

/// <summary>Those who do the work of one sweep, as it asks them. Every question may be repeated.</summary>
internal interface ISweepWork
{
    /// <summary>Another value after a silo came or went.</summary>
    MembershipVersion Silos { get; }

    /// <summary>Makes sure that a job is done or queued.</summary>
    Task<JobStatus> EnsureAsync(SweepJob job, WorkRequest request, CancellationToken cancellationToken);

    /// <summary>The sweep no longer wants a job.</summary>
    /// <returns>Where it is now: it may have ended before.</returns>
    Task<JobStatus> AbandonAsync(SweepJob job, CancellationToken cancellationToken);

    /// <summary>What is known of a job.</summary>
    Task<JobStatus> AskAsync(SweepJob job, CancellationToken cancellationToken);

    /// <summary>Makes sure that what jobs need is stored or queued.</summary>
    Task<PreparationStatus> EnsureAsync(SweepPreparation preparation, WorkRequest request);

    /// <summary>The sweep no longer wants it.</summary>
    Task AbandonAsync(SweepPreparation preparation);

    /// <summary>What is known of it.</summary>
    Task<PreparationStatus> AskAsync(SweepPreparation preparation);
}
