namespace PmSFC.Abstractions.Devices;

/// <summary>A lease that a worker believes it holds.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.LeaseHold")]
public readonly record struct LeaseHold([property: Id(0)] string ItemId, [property: Id(1)] long Token)
{
    /// <summary>What the worker has measured of the item, or null where nothing yet.</summary>
    [Id(2)]
    public MeasuredWork? Measured { get; init; }
}
