using System.Globalization;
using System.Text;

namespace PmSFC.Client.Reports;

/// <summary>A line chart with a logarithmic y axis as inline SVG, coloured by the page's style sheet.</summary>
internal static class LineChart
{
    /// <summary>Colours of the palette, which repeats after them.</summary>
    public const int Colours = 8;

    private const double Width = 560,
        Height = 300,
        Left = 62,
        Right = 24,
        Top = 12,
        Bottom = 40;
    private const int MaximumPoints = 240;

    /// <summary>The chart, or null where no series has a positive point.</summary>
    /// <param name="series">The lines.</param>
    /// <param name="label">What the chart shows, for screen readers.</param>
    /// <param name="xTitle">Title of the x axis.</param>
    public static string? Draw(IReadOnlyList<ChartSeries> series, string label, string xTitle)
    {
        var lines = series
            .Select(line => line with { Points = [.. Thinned([.. line.Points.Where(point => point.Y > 0 && double.IsFinite(point.Y))])] })
            .Where(line => line.Points.Count > 0)
            .ToList();
        if (lines.Count == 0)
            return null;

        var points = lines.SelectMany(line => line.Points).ToList();
        double right = points.Max(point => point.X),
            low = Math.Log10(points.Min(point => point.Y)),
            high = Math.Log10(points.Max(point => point.Y));
        var margin = Math.Max(0.04 * (high - low), 0.02);
        (low, high) = (low - margin, high + margin);
        right = Math.Max(right, 1);

        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Text(label)}\">"
        );
        foreach (var value in LogTicks(low, high))
        {
            var y = Y(Math.Log10(value));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"rule\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\"/>"
            );
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{Short(value)}</text>");
        }

        foreach (var value in Ticks(right))
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{X(value):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{value:0}</text>"
            );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 5}\" text-anchor=\"middle\">{Html.Text(xTitle)}</text>"
        );
        foreach (var line in lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line c{line.Colour % Colours}\" points=\"");
            foreach (var (x, y) in line.Points)
                svg.Append(CultureInfo.InvariantCulture, $"{X(x):F1},{Y(Math.Log10(y)):F1} ");
            svg.Append(CultureInfo.InvariantCulture, $"\"><title>{Html.Text(line.Name)}</title></polyline>");
        }

        return svg.Append("</svg>").ToString();

        double X(double value) => Left + (Width - Left - Right) * value / right;

        double Y(double logarithm) => Height - Bottom - (Height - Top - Bottom) * (logarithm - low) / (high - low);
    }

    /// <summary>The series' names next to their colours.</summary>
    public static string Legend(IEnumerable<ChartSeries> series) =>
        string.Concat(
            "<ul class=\"legend\">",
            string.Concat(series.Select(line => $"<li><span class=\"key c{line.Colour % Colours}\"></span>{Html.Text(line.Name)}</li>")),
            "</ul>"
        );

    private static IEnumerable<(double X, double Y)> Thinned(IReadOnlyList<(double X, double Y)> points)
    {
        var step = Math.Max(1, points.Count / MaximumPoints);
        return points.Where((_, i) => i % step == 0 || i == points.Count - 1);
    }

    private static IEnumerable<double> LogTicks(double low, double high)
    {
        double[] mantissas =
            high - low > 3 ? [1]
            : high - low > 0.7 ? [1, 2, 5]
            : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
        for (var exponent = (int)Math.Floor(low); exponent <= high; exponent++)
            foreach (var mantissa in mantissas)
                if (mantissa * Math.Pow(10, exponent) is var value && Math.Log10(value) >= low && Math.Log10(value) <= high)
                    yield return value;
    }

    private static IEnumerable<double> Ticks(double right)
    {
        var raw = right / 5;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = Math.Max(1, unit * new[] { 1.0, 2, 5, 10 }.First(factor => factor * unit >= raw));
        for (var value = 0.0; value <= right * 1.0001; value += step)
            yield return value;
    }

    private static string Short(double value) =>
        value is >= 1e-3 and < 1e5
            ? value.ToString("0.####", CultureInfo.InvariantCulture)
            : value.ToString("0.#e+0", CultureInfo.InvariantCulture);
}
