namespace PmSFC.Abstractions.Devices;

/// <summary>Whether some connected device could take a queued piece of work.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.CapacityState")]
public sealed record CapacityState
{
    /// <summary>Null where a device can take it; else a sentence that says what is missing.</summary>
    [Id(0)]
    public string? Missing { get; init; }
}
