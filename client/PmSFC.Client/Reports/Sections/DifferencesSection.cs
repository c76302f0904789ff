namespace PmSFC.Client.Reports.Sections;

/// <summary>Every method against the reference, image by image.</summary>
internal sealed class DifferencesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var metrics = content.Table.Metrics;
        var differences = content.Table.Differences(content.Options.Reference);
        if (differences.All(difference => difference.Metrics.IsEmpty))
            return;
        page.Heading($"Against {differences[0].Reference}");
        page.Note(
            $"Each method minus {Html.Text(differences[0].Reference)}, image by image, over the images that both have. "
                + "An interval that does not reach the line at zero is a difference that chance alone would rarely make."
        );
        page.BeginTable([
            ReportColumn.OfText("method"),
            .. metrics.SelectMany(metric => new[] { ReportColumn.OfNumbers(metric.Heading), ReportColumn.OfText("") }),
            ReportColumn.OfNumbers("images"),
            ReportColumn.OfText("source"),
        ]);
        var reaches = metrics.ToDictionary(
            metric => metric.Name,
            metric => IntervalPlot.ReachOf(differences.Select(difference => metric.EstimateIn(difference.Metrics)))
        );
        foreach (var difference in differences)
        {
            page.BeginRow($"{content.KeyOf(difference.Label)}{Html.Text(difference.Label)}");
            foreach (var metric in metrics)
            {
                var estimate = metric.EstimateIn(difference.Metrics);
                page.NumberCell(Html.Spread(metric.FormatDifference(estimate)));
                page.Cell(IntervalPlot.DrawIfFinite(estimate, reaches[metric.Name]));
            }

            page.NumberCell(Html.Number(difference.Metrics.Values.Select(estimate => estimate.Count).DefaultIfEmpty().Max()));
            page.Cell(difference.Source);
            page.EndRow();
        }

        page.EndTable();
    }
}
