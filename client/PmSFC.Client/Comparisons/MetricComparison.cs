using System.Collections.Immutable;
using PmSFC.Client.Results;

namespace PmSFC.Client.Comparisons;

/// <summary>One metric of one row in two sweeps, image by image.</summary>
/// <param name="Label">The row's label, which both sweeps have.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Pairs">The images that both have a number for, in A's order.</param>
public sealed record MetricComparison(string Label, MetricDisplay Metric, ImmutableArray<ImagePair> Pairs)
{
    /// <summary>A's mean over the pairs.</summary>
    public Estimate? A => Estimate.Of([.. Pairs.Select(pair => pair.A)]);

    /// <summary>B's mean over the pairs.</summary>
    public Estimate? B => Estimate.Of([.. Pairs.Select(pair => pair.B)]);

    /// <summary>Whether the numbers were measured with different weights, so that their differences say nothing.</summary>
    public bool HasOtherWeights { get; init; }

    /// <summary>The mean of the differences B − A, or null where there is no pair.</summary>
    /// <param name="level">The level of its interval.</param>
    public Estimate? Difference(double level = Estimate.DefaultLevel) => Estimate.Of([.. Pairs.Select(pair => pair.Difference)], level);

    /// <summary>What the interval of 95 % establishes: 1 that B is better, −1 that it is worse, 0 neither.</summary>
    public int Direction =>
        Metric.HigherIsBetter is not { } up || Difference() is not { } difference ? 0
        : difference.Low > 0 ? (up ? 1 : -1)
        : difference.High < 0 ? (up ? -1 : 1)
        : 0;

    /// <summary>The images on which B is worse, the worst first; none where it is not known which number is the better one.</summary>
    /// <param name="most">How many at most.</param>
    public ImmutableArray<ImagePair> Regressions(int most)
    {
        if (Metric.HigherIsBetter is not { } up)
            return [];
        return [.. Pairs.Where(pair => Loss(pair) > 0).OrderByDescending(Loss).Take(most)];

        double Loss(ImagePair pair) => up ? -pair.Difference : pair.Difference;
    }
}
