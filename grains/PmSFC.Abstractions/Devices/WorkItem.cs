using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Abstractions.Devices;

/// <summary>A piece of work for a device: an inversion job, a discovery or a training, exactly one of the three.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.WorkItem")]
public sealed record WorkItem
{
    /// <summary>Id of the job, of the subspace set or of the network.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Items of equal key may run in one batch.</summary>
    [Id(1)] public required string BatchKey { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(2)] public required WorkRequest Request { get; init; }

    /// <summary>The inversion job, or null.</summary>
    [Id(3)] public JobSpec? Job { get; init; }

    /// <summary>The discovery, or null.</summary>
    [Id(4)] public SubspaceSpec? Discovery { get; init; }

    /// <summary>Newest lease token that the owner has seen, 0 before the first.</summary>
    [Id(5)] public long OwnerToken { get; init; }

    /// <summary>Whether the owner takes the lease of <see cref="OwnerToken"/> for alive; where not, the pool ends that lease.</summary>
    [Id(6)] public bool OwnerHolds { get; init; }

    /// <summary>The training, or null.</summary>
    [Id(7)] public NetworkSpec? Training { get; init; }

    /// <summary>A work item for an inversion job.</summary>
    public static WorkItem For(JobSpec job, WorkRequest request) =>
        new() { Id = job.Id, BatchKey = job.BatchKey, Request = request, Job = job };

    /// <summary>A work item for a discovery, which never shares a batch.</summary>
    public static WorkItem For(SubspaceSpec discovery, WorkRequest request) =>
        new() { Id = discovery.Id, BatchKey = discovery.Id, Request = request, Discovery = discovery };

    /// <summary>A work item for a training, which never shares a batch.</summary>
    public static WorkItem For(NetworkSpec training, WorkRequest request) =>
        new() { Id = training.Id, BatchKey = training.Id, Request = request, Training = training };

    /// <summary>The grain that the work belongs to.</summary>
    public IWorkOwner OwnerIn(IGrainFactory grains) => this switch
    {
        { Discovery: not null } => grains.GetGrain<ISubspaceSetGrain>(Id),
        { Training: not null } => grains.GetGrain<INetworkGrain>(Id),
        _ => grains.GetGrain<IInversionJobGrain>(Id),
    };
}
