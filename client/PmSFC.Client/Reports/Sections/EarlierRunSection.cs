using System.Globalization;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>The sweep against an earlier one, with the verdicts of gates, where there is one.</summary>
internal sealed class EarlierRunSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Options.Comparison is not { } comparison)
            return;
        var earlier = comparison.A.Plan;
        page.Heading("Against the earlier run");
        page.Note(
            $"This sweep (B) minus sweep <code>{earlier.Id[..12]}</code> on generator <code>{earlier.GeneratorId[..12]}</code> (A), "
                + "image by image, over the images that both have. “Better” and “worse”: the 95 % interval excludes 0."
        );
        if (content.Options.Review is { } review)
            Write(review, page);
        page.BeginTable([
            ReportColumn.OfText("method"),
            ReportColumn.OfText("metric"),
            ReportColumn.OfNumbers("A"),
            ReportColumn.OfNumbers("B"),
            ReportColumn.OfNumbers("B − A"),
            ReportColumn.OfText(""),
            ReportColumn.OfNumbers("images"),
            ReportColumn.OfText("B is"),
        ]);
        foreach (var row in comparison.Rows.Where(row => row.Pairs.Length > 0))
            Write(row, ReachOf(comparison, row.Metric), page);
        page.EndTable();
        foreach (var note in comparison.Notes)
            page.Note(Html.Text(note));
    }

    private static void Write(GateReview review, ReportWriter page)
    {
        var level = (100 * review.Level).ToString("0.###", CultureInfo.InvariantCulture);
        page.Note($"Gates, each with an interval of the level {level} %, 95 % for all together:");
        page.Raw("<ul>");
        foreach (var verdict in review.Verdicts)
        {
            page.Raw(verdict.Failed ? "<li class=\"bad\">failed: " : "<li>passed: ");
            page.Raw($"<code>{Html.Text(verdict.Gate.Text)}</code>: {Html.Text(verdict.Sentence)}.</li>");
        }

        page.Raw("</ul>");
    }

    private static void Write(MetricComparison row, double reach, ReportWriter page)
    {
        var difference = row.Difference();
        page.BeginRow(Html.Text(row.Label));
        page.Cell(Html.Text(row.Metric.Heading));
        page.NumberCell(Html.Spread(row.Metric.Format(row.A)));
        page.NumberCell(Html.Spread(row.Metric.Format(row.B)));
        page.NumberCell(Html.Spread(row.Metric.FormatDifference(difference)));
        page.Cell(IntervalPlot.DrawIfFinite(difference, reach));
        page.NumberCell(Html.Number(row.Pairs.Length));
        page.Cell(
            row.Direction switch
            {
                > 0 => "better",
                < 0 => "worse",
                0 => "–",
            },
            row.Direction < 0 ? "text bad" : "text"
        );
        page.EndRow();
    }

    private static double ReachOf(SweepComparison comparison, MetricDisplay metric) =>
        IntervalPlot.ReachOf(comparison.Rows.Where(row => row.Metric == metric).Select(row => row.Difference()));
}
