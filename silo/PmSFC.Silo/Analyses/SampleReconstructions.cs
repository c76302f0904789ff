using System.Collections.Immutable;
using PmSFC.Imaging;

namespace PmSFC.Silo.Analyses;

/// <summary>What a method has made of a generator's samples.</summary>
/// <param name="Method">The method's name for people.</param>
/// <param name="Iterations">Iterations of the search.</param>
/// <param name="Duration">How long they took.</param>
/// <param name="Images">A reconstruction for each of the first samples.</param>
/// <param name="Decibels">Their PSNR, dB.</param>
public sealed record SampleReconstructions(
    string Method,
    int Iterations,
    TimeSpan Duration,
    ImmutableArray<RgbImage> Images,
    ImmutableArray<double> Decibels
)
{
    /// <summary>The median of <see cref="Decibels"/>, the lower one of two.</summary>
    public double Median => Decibels.Order().ElementAt((Decibels.Length - 1) / 2);
}
