namespace PmSFC.Abstractions.Devices;

/// <summary>The right to work on one item until it expires.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.Lease")]
public sealed record Lease
{
    /// <summary>The work.</summary>
    [Id(0)]
    public required WorkItem Item { get; init; }

    /// <summary>Fencing token: greater than that of any lease given before, over restarts of the pool too.</summary>
    [Id(1)]
    public required long Token { get; init; }

    /// <summary>When it expires unless renewed, by the pool's clock.</summary>
    [Id(2)]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How long it holds from when it was given, and from each renewal: what a worker whose clock differs goes by.</summary>
    [Id(3)]
    public required TimeSpan Duration { get; init; }

    /// <summary>How long the work waited in the pool for it, by the pool's clock; zero where the pool is of a version that does not tell.</summary>
    [Id(4)]
    public TimeSpan Waited { get; init; }
}
