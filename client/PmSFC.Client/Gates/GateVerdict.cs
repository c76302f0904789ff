using System.Globalization;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Results;

namespace PmSFC.Client.Gates;

/// <summary>Whether one row keeps one gate.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Row">The row and metric.</param>
/// <param name="Difference">The mean difference, with an interval of the review's level.</param>
/// <param name="Level">The level of the interval.</param>
public sealed record GateVerdict(Gate Gate, MetricComparison Row, Estimate Difference, double Level)
{
    /// <summary>Whether the interval excludes the gate.</summary>
    public bool Failed => Gate.IsBrokenBy(Difference);

    /// <summary>The numbers, one sentence without its end.</summary>
    public string Sentence
    {
        get
        {
            var infinite =
                Difference.Infinite > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"; {Difference.Infinite} infinite differences are left out")
                    : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Row.Label}: {Gate.Metric.Title} differs by {Signed(Difference.Mean)}, {100 * Level:0.###} % interval "
                    + $"{Signed(Difference.Low!.Value)} to {Signed(Difference.High!.Value)}, over {Difference.Count} images{infinite}"
            );
        }
    }

    private string Signed(double value) => (value >= 0 ? "+" : "") + Gate.Metric.Format(value).Replace('-', '−');
}
