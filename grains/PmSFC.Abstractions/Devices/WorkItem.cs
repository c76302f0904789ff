using System.Text.Json.Serialization;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Abstractions.Devices;

/// <summary>A piece of work for a device. Exactly one of its four specs is there: that of an inversion job, a set of subspaces, a network or another preparation.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.WorkItem")]
public sealed record WorkItem
{
    /// <summary>Id of the job, of the subspace set or of the network.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Items of equal key may run in one batch.</summary>
    [Id(1)]
    public required string BatchKey { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(2)]
    public required WorkRequest Request { get; init; }

    /// <summary>The inversion job, or null.</summary>
    [Id(3)]
    public JobSpec? Job { get; init; }

    /// <summary>The discovery, or null.</summary>
    [Id(4)]
    public SubspaceSpec? Discovery { get; init; }

    /// <summary>Newest lease token that the owner has seen, 0 before the first.</summary>
    [Id(5)]
    public long OwnerToken { get; init; }

    /// <summary>Whether the owner takes the lease of <see cref="OwnerToken"/> for alive; where not, the pool ends that lease.</summary>
    [Id(6)]
    public bool OwnerHolds { get; init; }

    /// <summary>The training, or null.</summary>
    [Id(7)]
    public NetworkSpec? Training { get; init; }

    /// <summary>The preparation of another kind, or null.</summary>
    [Id(8)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PreparationSpec? OtherPreparation { get; init; }

    /// <summary>What is made, or null for an inversion job.</summary>
    [JsonIgnore]
    public IPreparationSpec? Preparation => (IPreparationSpec?)Discovery ?? (IPreparationSpec?)Training ?? OtherPreparation;

    /// <summary>Of which kind it is.</summary>
    [JsonIgnore]
    public WorkKind Kind =>
        this switch
        {
            { Discovery: not null } => WorkKind.Discovery,
            { Training: not null } => WorkKind.Training,
            { OtherPreparation: not null } => WorkKind.Preparation,
            _ => WorkKind.Inversion,
        };

    /// <summary>Name of the inversion method, or of what is made.</summary>
    [JsonIgnore]
    public string Method => Preparation?.Method ?? Job?.Method ?? "";

    /// <summary>A work item for an inversion job.</summary>
    public static WorkItem For(JobSpec job, WorkRequest request) =>
        new()
        {
            Id = job.Id,
            BatchKey = job.BatchKey,
            Request = request,
            Job = job,
        };

    /// <summary>A work item for a preparation, which never shares a batch.</summary>
    public static WorkItem For(IPreparationSpec preparation, WorkRequest request)
    {
        var id = preparation.Id;
        return new()
        {
            Id = id,
            BatchKey = id,
            Request = request,
            Discovery = preparation as SubspaceSpec,
            Training = preparation as NetworkSpec,
            OtherPreparation = preparation as PreparationSpec,
        };
    }

    /// <summary>The grain that the work belongs to.</summary>
    public IWorkOwner OwnerIn(IGrainFactory grains) =>
        Kind switch
        {
            WorkKind.Discovery => grains.GetGrain<ISubspaceSetGrain>(Id),
            WorkKind.Training => grains.GetGrain<INetworkGrain>(Id),
            WorkKind.Preparation => grains.GetGrain<IPreparationGrain>(Id),
            _ => grains.GetGrain<IInversionJobGrain>(Id),
        };
}
