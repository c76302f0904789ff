using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Abstractions.Devices;

/// <summary>A piece of work for a device: an inversion job or a discovery, exactly one of the two.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.WorkItem")]
public sealed record WorkItem
{
    /// <summary>Id of the job or of the subspace set.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Items of equal key may run in one batch.</summary>
    [Id(1)] public required string BatchKey { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(2)] public required WorkRequest Request { get; init; }

    /// <summary>The inversion job, or null for a discovery.</summary>
    [Id(3)] public JobSpec? Job { get; init; }

    /// <summary>The discovery, or null for an inversion job.</summary>
    [Id(4)] public SubspaceSpec? Discovery { get; init; }

    /// <summary>Newest lease token that the owner has seen, 0 before the first.</summary>
    [Id(5)] public long OwnerToken { get; init; }

    /// <summary>Whether the owner takes the lease of <see cref="OwnerToken"/> for alive; where not, the pool ends that lease.</summary>
    [Id(6)] public bool OwnerHolds { get; init; }

    /// <summary>A work item for an inversion job.</summary>
    public static WorkItem For(JobSpec job, WorkRequest request) =>
        new() { Id = job.Id, BatchKey = job.BatchKey, Request = request, Job = job };

    /// <summary>A work item for a discovery, which never shares a batch.</summary>
    public static WorkItem For(SubspaceSpec discovery, WorkRequest request) =>
        new() { Id = discovery.Id, BatchKey = discovery.Id, Request = request, Discovery = discovery };
}
