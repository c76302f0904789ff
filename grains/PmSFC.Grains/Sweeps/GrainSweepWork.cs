using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Grains.Sweeps;

/// <summary>The work of one sweep by the grains of its jobs and preparations.</summary>
internal sealed class GrainSweepWork(string sweepId, IGrainFactory grains, IClusterMembershipService membership) : ISweepWork
{
    /// <inheritdoc/>
    public MembershipVersion Silos => membership.CurrentSnapshot.Version;

    /// <inheritdoc/>
    public Task<JobStatus> EnsureAsync(SweepJob job, WorkRequest request, CancellationToken cancellationToken) =>
        GrainOf(job).Ensure(job.Spec, request, cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> AbandonAsync(SweepJob job, CancellationToken cancellationToken) =>
        GrainOf(job).Abandon(sweepId, cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> AskAsync(SweepJob job, CancellationToken cancellationToken) => GrainOf(job).GetStatus(cancellationToken);

    /// <inheritdoc/>
    public Task<PreparationStatus> EnsureAsync(SweepPreparation preparation, WorkRequest request) =>
        preparation.EnsureAsync(grains, request);

    /// <inheritdoc/>
    public Task AbandonAsync(SweepPreparation preparation) => preparation.AbandonAsync(grains, sweepId);

    /// <inheritdoc/>
    public Task<PreparationStatus> AskAsync(SweepPreparation preparation) => preparation.AskAsync(grains);

    private IInversionJobGrain GrainOf(SweepJob job) => grains.GetGrain<IInversionJobGrain>(job.Status.Id);
}
