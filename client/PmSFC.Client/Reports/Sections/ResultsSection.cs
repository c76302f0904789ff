using System.Globalization;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>The table of means, and its notes.</summary>
internal sealed class ResultsSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        page.Raw("<h2>Results</h2><p class=\"note\">Mean over images ± half the 95 % interval (Student t). The best mean of each metric is bold.</p><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th>");
        foreach (var metric in content.Table.Metrics) page.Raw($"<th class=\"n\">{Html.Text(metric.Heading)}</th>");
        page.Raw("<th class=\"n\">results</th><th class=\"n\">failed</th><th class=\"n\">missing</th><th class=\"n\">s per image</th><th>source</th></tr></thead><tbody>");
        foreach (var row in content.Table.Rows)
        {
            page.Raw($"<tr><th>{content.KeyOf(row.Label)}{Html.Text(row.Label)}</th>");
            foreach (var metric in content.Table.Metrics)
                page.Raw($"<td class=\"n{(IsBest(content.Table, row, metric) ? " best" : "")}\">{Html.Spread(metric.Format(metric.EstimateIn(row.Metrics)))}</td>");
            page.Raw($"<td class=\"n\">{Html.Number(row.Done)}</td><td class=\"n{Bad(row.Failed)}\">{Html.Number(row.Failed)}</td><td class=\"n{Bad(row.Missing)}\">{Html.Number(row.Missing)}</td>");
            page.Raw($"<td class=\"n\">{row.DeviceSeconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "–"}</td><td>{row.Source}</td></tr>");
        }

        page.Raw("</tbody></table></div>");
        foreach (var note in content.Table.Notes) page.Raw($"<p class=\"note\">{Html.Text(note)}</p>");

        static string Bad(int count) => count > 0 ? " bad" : "";
    }

    private static bool IsBest(SweepTable table, TableRow row, MetricDisplay metric)
    {
        if (table.Rows.Length < 2 || metric.EstimateIn(row.Metrics) is not { } own || metric.HigherIsBetter is not { } higher) return false;
        var means = table.Rows.Select(other => metric.EstimateIn(other.Metrics)).OfType<Estimate>()
            .Select(estimate => estimate.Mean).Where(mean => !double.IsNaN(mean)).DefaultIfEmpty(double.NaN);
        return higher ? own.Mean >= means.Max() : own.Mean <= means.Min();
    }
}
