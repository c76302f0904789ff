namespace PmSFC.Client.Reports.Sections;

/// <summary>The numbers of every image.</summary>
internal sealed class ImagesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var (plan, metrics) = (content.Plan, content.Table.Metrics);
        var cells = plan.Cells.Take(PictureGrid.MaximumCells).ToList();
        var results = content
            .Table.Jobs.Where(job => job.Result is not null)
            .DistinctBy(job => (job.Job.Cell.Label, job.Job.Image.Id))
            .ToDictionary(job => (job.Job.Cell.Label, job.Job.Image.Id), job => job.Metrics);
        page.Raw("<details><summary>Every image</summary>");
        page.BeginTable(
            [ReportColumn.OfText("image"), ReportColumn.OfText("content id"), .. cells.Select(cell => ReportColumn.OfNumbers(cell.Label))],
            cssClass: null
        );
        foreach (var image in plan.Images)
        {
            page.BeginRow();
            page.Cell(Html.Text(image.Name), "text");
            page.Cell($"<code>{image.Id}</code>");
            foreach (var cell in cells)
                page.NumberCell(NumbersOf(results.GetValueOrDefault((cell.Label, image.Id))));
            page.EndRow();
        }

        page.EndTable();
        page.Note(Html.Text(string.Join(" / ", metrics.Select(metric => metric.Heading))));
        page.Raw("</details>");

        string NumbersOf(IReadOnlyDictionary<string, double>? values) =>
            values is null
                ? "–"
                : string.Join(
                    " / ",
                    metrics.Where(metric => values.ContainsKey(metric.Name)).Select(metric => metric.Format(values[metric.Name]))
                );
    }
}
