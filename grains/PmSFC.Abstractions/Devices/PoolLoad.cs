namespace PmSFC.Abstractions.Devices;

/// <summary>The work of a pool that needs one amount of memory: how many items, and how long one device would take for what is left of them.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.PoolLoad")]
public sealed record PoolLoad
{
    /// <summary>Predicted memory of one item, in bytes; 0 for leases of which the pool, which was restarted, does not know the work yet.</summary>
    [Id(0)]
    public required long BytesPerJob { get; init; }

    /// <summary>Items that wait.</summary>
    [Id(1)]
    public required int Queued { get; init; }

    /// <summary>Items that are leased.</summary>
    [Id(2)]
    public required int Running { get; init; }

    /// <summary>Device-seconds that the items which wait will take.</summary>
    [Id(3)]
    public required double QueuedSeconds { get; init; }

    /// <summary>Device-seconds that are left of the items which are leased.</summary>
    [Id(4)]
    public required double RunningSeconds { get; init; }

    /// <summary>Items, waiting or leased, of which nothing alike was measured yet: each counts a fixed time.</summary>
    [Id(5)]
    public required int Unmeasured { get; init; }
}
