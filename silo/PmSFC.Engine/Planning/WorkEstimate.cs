namespace PmSFC.Engine.Planning;

/// <summary>What a batch takes.</summary>
/// <param name="Bytes">Most device memory at one time, weights included, the libraries' own footprint not.</param>
/// <param name="MultiplyAddsPerIteration">Forward and backward.</param>
public readonly record struct WorkEstimate(long Bytes, double MultiplyAddsPerIteration);
