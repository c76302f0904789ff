namespace PmSFC.Engine.Generators;

/// <summary>Where the noise of a generator comes from.</summary>
/// <param name="Seed">Numbers of N(0, 1) that the seed determines, the same for every image; null for no noise.</param>
public sealed record NoiseSource(long? Seed);
