namespace PmSFC.Abstractions.Devices;

/// <summary>A lease that a worker believes it holds.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.LeaseHold")]
public readonly record struct LeaseHold([property: Id(0)] string ItemId, [property: Id(1)] long Token);
