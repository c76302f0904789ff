namespace PmSFC.Engine.Metrics.Weights;

/// <summary>What was read from a file of weights.</summary>
/// <typeparam name="T">What it is.</typeparam>
/// <param name="Source">The file.</param>
/// <param name="Value">What it holds.</param>
public sealed record WeightsFile<T>(WeightsSource Source, T Value);
