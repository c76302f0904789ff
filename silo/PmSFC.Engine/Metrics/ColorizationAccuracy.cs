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

    private static readonly double[] Linear = [.. Enumerable.Range(0, 256).Select(value => value / 255.0)
        .Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4))];

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
        ReadOnlySpan<byte> expected = reference.Pixels, actual = image.Pixels;
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

    /// <summary>a and b of CIELAB for sRGB under D65. White is (1, 1, 1) exactly, so that grays have a = b = 0.</summary>
    private static (double A, double B) Colour(ReadOnlySpan<byte> pixel)
    {
        double r = Linear[pixel[0]], g = Linear[pixel[1]], b = Linear[pixel[2]];
        var x = Root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / (0.4124564 + 0.3575761 + 0.1804375));
        var y = Root((0.2126729 * r + 0.7151522 * g + 0.0721750 * b) / (0.2126729 + 0.7151522 + 0.0721750));
        var z = Root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / (0.0193339 + 0.1191920 + 0.9503041));
        return (500 * (x - y), 200 * (y - z));
    }

    private static double Root(double value) => value > 216.0 / 24389 ? Math.Cbrt(value) : (24389.0 / 27 * value + 16) / 116;
}
