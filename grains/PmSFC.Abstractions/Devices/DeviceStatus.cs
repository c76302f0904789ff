namespace PmSFC.Abstractions.Devices;

/// <summary>One device as its pool sees it.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.DeviceStatus")]
public sealed record DeviceStatus
{
    /// <summary>The worker that owns the device.</summary>
    [Id(0)]
    public required string WorkerId { get; init; }

    /// <summary>The device, for people.</summary>
    [Id(1)]
    public required string Device { get; init; }

    /// <summary>Leases that it holds.</summary>
    [Id(2)]
    public required int Leases { get; init; }

    /// <summary>When its last message came.</summary>
    [Id(3)]
    public required DateTimeOffset LastHeard { get; init; }

    /// <summary>Share of the last minute, or of the time since it first asked for work, in which it held work, 0 to 1; null from a pool of a version that does not tell.</summary>
    [Id(4)]
    public double? BusyShare { get; init; }

    /// <summary>The most memory that it offered, in bytes; null where it has only renewed so far.</summary>
    [Id(5)]
    public long? MemoryBytes { get; init; }

    /// <summary>Predicted memory of what it holds, in bytes; null where it holds nothing, or nothing that the pool knows.</summary>
    [Id(6)]
    public long? BatchBytes { get; init; }

    /// <summary>What it holds, or null where that is nothing, or nothing that the pool knows.</summary>
    [Id(7)]
    public DeviceBatch? Batch { get; init; }
}
