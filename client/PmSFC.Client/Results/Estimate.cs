using MathNet.Numerics.Distributions;

namespace PmSFC.Client.Results;

/// <summary>The mean of a sample and how well it is known.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="HalfWidth">
/// Half the width of the 95 % interval of the mean, t(0.975; n − 1) · s / √n with the sample's own deviation s; null where one value or an
/// infinite one leaves it open.
/// </param>
/// <param name="Count">n, 1 or more.</param>
public readonly record struct Estimate(double Mean, double? HalfWidth, int Count)
{
    private const double Upper = 0.975;

    /// <summary>Lower end of the interval.</summary>
    public double? Low => Mean - HalfWidth;

    /// <summary>Upper end of the interval.</summary>
    public double? High => Mean + HalfWidth;

    /// <summary>The estimate from a sample, or null where it is empty.</summary>
    public static Estimate? Of(IReadOnlyCollection<double> sample)
    {
        if (sample.Count == 0) return null;
        var mean = sample.Sum() / sample.Count;
        if (sample.Count == 1 || !double.IsFinite(mean)) return new Estimate(mean, null, sample.Count);
        var variance = sample.Sum(value => (value - mean) * (value - mean)) / (sample.Count - 1);
        return new Estimate(mean, StudentT.InvCDF(0, 1, sample.Count - 1, Upper) * Math.Sqrt(variance / sample.Count), sample.Count);
    }
}
