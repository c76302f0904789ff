namespace PmSFC.Abstractions.Devices;

/// <summary>Where an item is after it was put into the queue.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.EnqueueOutcome")]
public sealed record EnqueueOutcome
{
    /// <summary>Whether a device holds its lease; else it waits.</summary>
    [Id(0)]
    public required bool Leased { get; init; }

    /// <summary>Where it waits: null where a connected device can take it, else a sentence that says what is missing.</summary>
    [Id(1)]
    public string? Missing { get; init; }
}
