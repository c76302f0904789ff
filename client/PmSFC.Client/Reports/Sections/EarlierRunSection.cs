using System.Globalization;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>The sweep against an earlier one, with the verdicts of gates, where there is one.</summary>
internal sealed class EarlierRunSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Options.Comparison is not { } comparison) return;
        page.Raw($"<h2>Against the earlier run</h2><p class=\"note\">This sweep (B) minus sweep <code>{comparison.A.Plan.Id[..12]}</code> on generator <code>{comparison.A.Plan.GeneratorId[..12]}</code> (A), image by image, over the images that both have. “Better” and “worse”: the 95 % interval excludes 0.</p>");
        if (content.Options.Review is { } review)
        {
            page.Raw($"<p class=\"note\">Gates, each with an interval of the level {(100 * review.Level).ToString("0.###", CultureInfo.InvariantCulture)} %, 95 % for all together:</p><ul>");
            foreach (var verdict in review.Verdicts)
                page.Raw($"<li{(verdict.Failed ? " class=\"bad\"" : "")}>{(verdict.Failed ? "failed" : "passed")}: <code>{Html.Text(verdict.Gate.Text)}</code>: {Html.Text(verdict.Sentence)}.</li>");
            page.Raw("</ul>");
        }

        page.Raw("<div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th><th>metric</th><th class=\"n\">A</th><th class=\"n\">B</th><th class=\"n\">B − A</th><th></th><th class=\"n\">images</th><th>B is</th></tr></thead><tbody>");
        foreach (var row in comparison.Rows.Where(row => row.Pairs.Length > 0))
        {
            var difference = row.Difference();
            var plot = difference is { } known && double.IsFinite(known.Mean) ? IntervalPlot.Draw(known, ReachOf(comparison, row.Metric)) : "";
            var direction = row.Direction switch { > 0 => "better", < 0 => "worse", 0 => "–" };
            page.Raw($"<tr><th>{Html.Text(row.Label)}</th><td>{Html.Text(row.Metric.Heading)}</td><td class=\"n\">{Html.Spread(row.Metric.Format(row.A))}</td><td class=\"n\">{Html.Spread(row.Metric.Format(row.B))}</td>");
            page.Raw($"<td class=\"n\">{Html.Spread(row.Metric.FormatDifference(difference))}</td><td>{plot}</td><td class=\"n\">{Html.Number(row.Pairs.Length)}</td><td class=\"text{(row.Direction < 0 ? " bad" : "")}\">{direction}</td></tr>");
        }

        page.Raw("</tbody></table></div>");
        foreach (var note in comparison.Notes) page.Raw($"<p class=\"note\">{Html.Text(note)}</p>");
    }

    private static double ReachOf(SweepComparison comparison, MetricDisplay metric) =>
        IntervalPlot.ReachOf(comparison.Rows.Where(row => row.Metric == metric).Select(row => row.Difference()));
}
