using PmSFC.Engine.Tensors;
using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// AuC (Zhang, Isola and Efros 2016): the share of pixels whose colour, the a and b of CIELAB, lies within a distance t of the reference's, as the
/// area under it for t = 0, 1, … 150 by the trapezoid rule, in percent of the whole. Lightness does not count. 100 for equal images; a distance of a
/// whole d everywhere gives 100·(150.5 − d)/150.
/// </summary>
public sealed class ColorizationAccuracy : IImageMetric
{
    private const int LargestDistance = 150;

    /// <summary>Distances that are equal but for the rounding of doubles count as equal, so that all grays have one colour.</summary>
    private const double Rounding = 1e-9;

    private static readonly double[] Linear = [.. Enumerable.Range(0, 256).Select(value => CieLab.Linear(value / 255.0))];

    /// <inheritdoc/>
    public string Name => "auc";

    /// <inheritdoc/>
    public string Title => "AuC (%)";

    /// <inheritdoc/>
    public string Unit => "%";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public int Digits => 2;

    /// <inheritdoc/>
    public double Measure(RgbImage reference, RgbImage image)
    {
        SizeGuard.ThrowIfSizesDiffer(this, reference, image);
        ReadOnlySpan<byte> expected = reference.Pixels,
            actual = image.Pixels;
        var distances = new double[expected.Length / 3];
        for (var i = 0; i < distances.Length; i++)
        {
            var (a, b) = Colour(expected.Slice(3 * i, 3));
            var (c, d) = Colour(actual.Slice(3 * i, 3));
            distances[i] = Math.Sqrt((a - c) * (a - c) + (b - d) * (b - d));
        }

        return Area(distances);
    }

    /// <summary>The area for pixels whose colours are at these distances from the reference's.</summary>
    internal static double Area(ReadOnlySpan<double> distances)
    {
        // A pixel lies within every threshold from its distance rounded up: it adds half a step at 0 or where it comes in, and whole steps after.
        var steps = 0.0;
        foreach (var distance in distances)
        {
            var first = Math.Ceiling(distance - Rounding);
            steps += first <= 0 ? LargestDistance : Math.Max(0, LargestDistance + 0.5 - first);
        }

        return 100 * steps / (LargestDistance * (double)distances.Length);
    }

    private static (double A, double B) Colour(ReadOnlySpan<byte> pixel) =>
        CieLab.Chroma(Linear[pixel[0]], Linear[pixel[1]], Linear[pixel[2]]);
}
