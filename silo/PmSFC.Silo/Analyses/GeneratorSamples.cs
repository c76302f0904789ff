using System.Collections.Immutable;
using PmSFC.Imaging;

namespace PmSFC.Silo.Analyses;

/// <summary>Samples of a generator.</summary>
/// <param name="Images">The images.</param>
/// <param name="AreFinite">Whether every value that the generator drew is a number.</param>
/// <param name="BeyondRange">Which share of the values that it drew lies beyond −1 to 1 and was cut off.</param>
/// <param name="Spread">The mean over pixels of their standard deviation between the samples, in a range of −1 to 1; 0 where all samples are one image.</param>
public sealed record GeneratorSamples(ImmutableArray<RgbImage> Images, bool AreFinite, double BeyondRange, double Spread);
