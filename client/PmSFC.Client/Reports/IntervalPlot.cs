using System.Globalization;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports;

/// <summary>A mean with its interval on a scale that several share, and a mark at zero, as inline SVG.</summary>
internal static class IntervalPlot
{
    private const double Width = 180,
        Height = 22,
        Margin = 6;

    /// <summary>The reach of a scale that holds the intervals of all estimates; 1 where none has a finite end other than 0.</summary>
    public static double ReachOf(IEnumerable<Estimate?> estimates)
    {
        var ends = estimates
            .OfType<Estimate>()
            .SelectMany(estimate => new[] { estimate.Low ?? estimate.Mean, estimate.High ?? estimate.Mean })
            .Where(double.IsFinite)
            .Select(Math.Abs)
            .DefaultIfEmpty()
            .Max();
        return ends > 0 ? ends : 1;
    }

    /// <summary>The plot of an estimate, or nothing where there is none or its mean is not finite.</summary>
    /// <param name="estimate">What is shown.</param>
    /// <param name="reach">The scale ends at plus and minus this, which is positive.</param>
    public static string DrawIfFinite(Estimate? estimate, double reach) =>
        estimate is { } known && double.IsFinite(known.Mean) ? Draw(known, reach) : "";

    /// <summary>The plot.</summary>
    /// <param name="estimate">What is shown; it must be finite.</param>
    /// <param name="reach">The scale ends at plus and minus this, which is positive.</param>
    private static string Draw(Estimate estimate, double reach)
    {
        double low = X(estimate.Low ?? estimate.Mean),
            high = X(estimate.High ?? estimate.Mean),
            mean = X(estimate.Mean),
            zero = X(0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg class="interval" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" aria-hidden="true"><line class="axis" x1="{zero:F1}" x2="{zero:F1}" y1="1" y2="{Height
                - 1}"/><line class="bar" x1="{low:F1}" x2="{high:F1}" y1="{Height / 2}" y2="{Height
                / 2}"/><circle cx="{mean:F1}" cy="{Height / 2}" r="4"/></svg>
            """
        );

        double X(double value) => Width / 2 + (Width / 2 - Margin) * Math.Clamp(value / reach, -1, 1);
    }
}
