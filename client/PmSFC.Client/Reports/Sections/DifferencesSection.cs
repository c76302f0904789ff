namespace PmSFC.Client.Reports.Sections;

/// <summary>Every method against the reference, image by image.</summary>
internal sealed class DifferencesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var differences = content.Table.Differences(content.Options.Reference);
        if (differences.All(difference => difference.Metrics.IsEmpty)) return;
        page.Raw($"<h2>Against {Html.Text(differences[0].Reference)}</h2><p class=\"note\">Each method minus {Html.Text(differences[0].Reference)}, image by image, over the images that both have. An interval that does not reach the line at zero is a difference that chance alone would rarely make.</p><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th>");
        foreach (var metric in content.Table.Metrics) page.Raw($"<th class=\"n\">{Html.Text(metric.Heading)}</th><th></th>");
        page.Raw("<th class=\"n\">images</th><th>source</th></tr></thead><tbody>");
        var reaches = content.Table.Metrics.ToDictionary(metric => metric.Name, metric => IntervalPlot.ReachOf(differences.Select(difference => metric.EstimateIn(difference.Metrics))));
        foreach (var difference in differences)
        {
            page.Raw($"<tr><th>{content.KeyOf(difference.Label)}{Html.Text(difference.Label)}</th>");
            foreach (var metric in content.Table.Metrics)
            {
                var estimate = metric.EstimateIn(difference.Metrics);
                var plot = estimate is { } known && double.IsFinite(known.Mean) ? IntervalPlot.Draw(known, reaches[metric.Name]) : "";
                page.Raw($"<td class=\"n\">{Html.Spread(metric.FormatDifference(estimate))}</td><td>{plot}</td>");
            }

            page.Raw($"<td class=\"n\">{Html.Number(difference.Metrics.Values.Select(estimate => estimate.Count).DefaultIfEmpty().Max())}</td><td>{difference.Source}</td></tr>");
        }

        page.Raw("</tbody></table></div>");
    }
}
