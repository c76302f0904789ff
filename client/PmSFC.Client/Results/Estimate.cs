using MathNet.Numerics.Distributions;

namespace PmSFC.Client.Results;

/// <summary>The mean of a sample and how well it is known.</summary>
/// <param name="Mean">Arithmetic mean of the finite values; where there is none, the infinity that all values are, or NaN where they differ.</param>
/// <param name="HalfWidth">
/// Half the width of the interval of the mean, for 95 % t(0.975; n − 1) · s / √n with the finite values' own deviation s; null where fewer than two
/// leave it open.
/// </param>
/// <param name="Count">n, the number of finite values, 0 or more.</param>
/// <param name="Infinite">Infinite values, such as the PSNR of an exact image; they are not in the mean.</param>
public readonly record struct Estimate(double Mean, double? HalfWidth, int Count, int Infinite = 0)
{
    /// <summary>The level of intervals where no other is asked for.</summary>
    public const double DefaultLevel = 0.95;

    /// <summary>Lower end of the interval.</summary>
    public double? Low => Mean - HalfWidth;

    /// <summary>Upper end of the interval.</summary>
    public double? High => Mean + HalfWidth;

    /// <summary>All values, finite or not.</summary>
    public int Total => Count + Infinite;

    /// <summary>The estimate from a sample, or null where it has no number.</summary>
    /// <param name="sample">The values.</param>
    /// <param name="level">How often such intervals hold the true mean, between 0 and 1.</param>
    public static Estimate? Of(IReadOnlyCollection<double> sample, double level = DefaultLevel)
    {
        var (finite, infinite) = (sample.Where(double.IsFinite).ToList(), sample.Where(double.IsInfinity).ToList());
        if (finite.Count == 0 && infinite.Count == 0)
            return null;
        if (finite.Count == 0)
            return new Estimate(infinite.Distinct().Count() == 1 ? infinite[0] : double.NaN, null, 0, infinite.Count);
        var mean = finite.Average();
        if (finite.Count == 1)
            return new Estimate(mean, null, 1, infinite.Count);
        var variance = finite.Sum(value => (value - mean) * (value - mean)) / (finite.Count - 1);
        return new Estimate(
            mean,
            StudentT.InvCDF(0, 1, finite.Count - 1, (1 + level) / 2) * Math.Sqrt(variance / finite.Count),
            finite.Count,
            infinite.Count
        );
    }

    /// <summary>One value less another, where two equal infinities differ by nothing.</summary>
    public static double Difference(double value, double reference) => value.Equals(reference) ? 0 : value - reference;
}
