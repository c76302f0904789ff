namespace PmSFC.Abstractions.Devices;

/// <summary>One device as its pool sees it.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.DeviceStatus")]
public sealed record DeviceStatus
{
    /// <summary>The worker that owns the device.</summary>
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>The device, for people.</summary>
    [Id(1)] public required string Device { get; init; }

    /// <summary>Leases that it holds.</summary>
    [Id(2)] public required int Leases { get; init; }

    /// <summary>When it was last heard of.</summary>
    [Id(3)] public required DateTimeOffset LastHeard { get; init; }
}
