namespace PmSFC.Abstractions.Jobs;

/// <summary>The loss at one iteration.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.LossPoint")]
public readonly record struct LossPoint([property: Id(0)] int Iteration, [property: Id(1)] double Loss);
