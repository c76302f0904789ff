namespace PmSFC.Engine.Metrics.Weights;

/// <summary>A file of weights in memory.</summary>
/// <param name="Source">What it is.</param>
/// <param name="Content">The whole file.</param>
public sealed record WeightsFile(WeightsSource Source, ReadOnlyMemory<byte> Content);
