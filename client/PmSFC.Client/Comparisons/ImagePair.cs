using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Results;

namespace PmSFC.Client.Comparisons;

/// <summary>One image that both sweeps have a number for.</summary>
/// <param name="Image">The image, as B calls it.</param>
/// <param name="A">A's number.</param>
/// <param name="B">B's number.</param>
public sealed record ImagePair(ImageReference Image, double A, double B)
{
    /// <summary>B − A; 0 where both are the same infinity.</summary>
    public double Difference => Estimate.Difference(B, A);
}
