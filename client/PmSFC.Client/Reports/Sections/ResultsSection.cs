using System.Globalization;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>The table of means, and its notes.</summary>
internal sealed class ResultsSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var table = content.Table;
        page.Heading("Results");
        page.Note("Mean over images ± half the 95 % interval (Student t). The best mean of each metric is bold.");
        page.BeginTable([
            ReportColumn.OfText("method"),
            .. table.Metrics.Select(metric => ReportColumn.OfNumbers(metric.Heading)),
            ReportColumn.OfNumbers("results"),
            ReportColumn.OfNumbers("failed"),
            ReportColumn.OfNumbers("missing"),
            ReportColumn.OfNumbers("s per image"),
            ReportColumn.OfText("source"),
        ]);
        foreach (var row in table.Rows)
        {
            page.BeginRow($"{content.KeyOf(row.Label)}{Html.Text(row.Label)}");
            foreach (var metric in table.Metrics)
                page.Cell(Html.Spread(metric.Format(metric.EstimateIn(row.Metrics))), IsBest(table, row, metric) ? "n best" : "n");
            page.NumberCell(Html.Number(row.Done));
            page.Cell(Html.Number(row.Failed), row.Failed > 0 ? "n bad" : "n");
            page.Cell(Html.Number(row.Missing), row.Missing > 0 ? "n bad" : "n");
            page.NumberCell(row.DeviceSeconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "–");
            page.Cell(row.Source);
            page.EndRow();
        }

        page.EndTable();
        foreach (var note in table.Notes)
            page.Note(Html.Text(note));
    }

    private static bool IsBest(SweepTable table, TableRow row, MetricDisplay metric)
    {
        if (table.Rows.Length < 2 || metric.EstimateIn(row.Metrics) is not { } own || metric.HigherIsBetter is not { } higher)
            return false;
        var means = table
            .Rows.Select(other => metric.EstimateIn(other.Metrics))
            .OfType<Estimate>()
            .Select(estimate => estimate.Mean)
            .Where(mean => !double.IsNaN(mean))
            .DefaultIfEmpty(double.NaN);
        return higher ? own.Mean >= means.Max() : own.Mean <= means.Min();
    }
}
