using System.Collections.Immutable;

namespace PmSFC.Abstractions.Devices;

/// <summary>What a device pool holds.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.PoolStatus")]
public sealed record PoolStatus
{
    /// <summary>Items that wait.</summary>
    [Id(0)]
    public required int Queued { get; init; }

    /// <summary>Items that are leased.</summary>
    [Id(1)]
    public required int Leased { get; init; }

    /// <summary>Age of the oldest lease since it was given.</summary>
    [Id(2)]
    public required TimeSpan OldestLease { get; init; }

    /// <summary>Devices that asked for work or renewed lately.</summary>
    [Id(3)]
    public required ImmutableArray<DeviceStatus> Devices { get; init; }

    /// <summary>The work by the memory that an item needs, the smallest first; null from a pool of a version that does not tell.</summary>
    [Id(4)]
    public ImmutableArray<PoolLoad>? Loads { get; init; }

    /// <summary>For how long the item that came first has waited; null where nothing waits, and from a pool of a version that does not tell.</summary>
    [Id(5)]
    public TimeSpan? OldestWaiting { get; init; }
}
