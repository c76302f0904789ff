using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Client.Reports.Sections;

/// <summary>Loss over iterations, a chart for each method.</summary>
internal sealed class LossesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var byCell = content.Table.Jobs.Where(job => job.Result is not null).ToLookup(job => job.Job.Cell.Label, job => job.Result!.Losses);
        var panels = content
            .Plan.Cells.Take(PictureGrid.MaximumCells)
            .GroupBy(cell => cell.Method)
            .Select(cells => (Method: cells.Key, Series: cells.Select(cell => SeriesOf(content, cell.Label, byCell[cell.Label])).ToList()))
            .ToList();
        if (panels.All(panel => panel.Series.All(series => series.Points.Count == 0)))
            return;
        page.Heading("Loss over iterations");
        page.Note(
            "Mean over images, logarithmic. Methods weigh the terms of their losses differently, so a loss compares within its panel only."
        );
        page.Raw("<div class=\"panels\">");
        foreach (var (method, series) in panels)
            if (LineChart.Draw(series, $"Loss of {method} over iterations", "iteration") is { } chart)
                page.Raw($"<section class=\"panel\"><h3>{Html.Text(method)}</h3>{chart}{LineChart.Legend(series)}</section>");
        page.Raw("</div>");
    }

    private static ChartSeries SeriesOf(ReportContent content, string label, IEnumerable<ImmutableArray<LossPoint>> histories) =>
        new(
            label,
            content.ColourOf(label),
            [
                .. histories
                    .SelectMany(losses => losses)
                    .GroupBy(point => point.Iteration)
                    .OrderBy(points => points.Key)
                    .Select(points => ((double)points.Key, points.Average(point => point.Loss))),
            ]
        );
}
