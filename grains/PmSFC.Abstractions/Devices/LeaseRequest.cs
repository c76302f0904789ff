namespace PmSFC.Abstractions.Devices;

/// <summary>A device worker asks for work.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.LeaseRequest")]
public sealed record LeaseRequest
{
    /// <summary>Unique for each run of a worker: a restarted worker is another.</summary>
    [Id(0)]
    public required string WorkerId { get; init; }

    /// <summary>The device, for people, for example <c>cpu (2 threads) on host-1</c>.</summary>
    [Id(1)]
    public required string Device { get; init; }

    /// <summary>Memory that a batch may use, in bytes.</summary>
    [Id(2)]
    public required long BytesAvailable { get; init; }

    /// <summary>Most items of a batch, 1 or more.</summary>
    [Id(3)]
    public required int MaximumItems { get; init; }
}
