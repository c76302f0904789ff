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
    public Task<JobStatus> Ensure(SweepJob job, WorkRequest request, CancellationToken cancellationToken) => GrainOf(job).Ensure(job.Spec, request, cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> Abandon(SweepJob job, CancellationToken cancellationToken) => GrainOf(job).Abandon(sweepId, cancellationToken);

    /// <inheritdoc/>
    public Task<JobStatus> Ask(SweepJob job, CancellationToken cancellationToken) => GrainOf(job).GetStatus(cancellationToken);

    /// <inheritdoc/>
    public Task<PreparationStatus> Ensure(SweepPreparation preparation, WorkRequest request) => preparation.Ensure(grains, request);

    /// <inheritdoc/>
    public Task Abandon(SweepPreparation preparation) => preparation.Abandon(grains, sweepId);

    /// <inheritdoc/>
    public Task<PreparationStatus> Ask(SweepPreparation preparation) => preparation.Ask(grains);

    private IInversionJobGrain GrainOf(SweepJob job) => grains.GetGrain<IInversionJobGrain>(job.Status.Id);
}
