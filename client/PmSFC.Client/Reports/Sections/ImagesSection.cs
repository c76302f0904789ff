namespace PmSFC.Client.Reports.Sections;

/// <summary>The numbers of every image.</summary>
internal sealed class ImagesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var cells = content.Plan.Cells.Take(PictureGrid.MaximumCells).ToList();
        var results = content.Table.Jobs.Where(job => job.Result is not null).DistinctBy(job => (job.Job.Cell.Label, job.Job.Image.Id)).ToDictionary(job => (job.Job.Cell.Label, job.Job.Image.Id), job => job.Metrics);
        page.Raw($"<details><summary>Every image</summary><div class=\"wide\"><table><thead><tr><th>image</th><th>content id</th>");
        foreach (var cell in cells) page.Raw($"<th class=\"n\">{Html.Text(cell.Label)}</th>");
        page.Raw("</tr></thead><tbody>");
        foreach (var image in content.Plan.Images)
        {
            page.Raw($"<tr><td class=\"text\">{Html.Text(image.Name)}</td><td><code>{image.Id}</code></td>");
            foreach (var cell in cells)
                page.Raw($"<td class=\"n\">{(results.TryGetValue((cell.Label, image.Id), out var values) ? string.Join(" / ", content.Table.Metrics.Where(metric => values.ContainsKey(metric.Name)).Select(metric => metric.Format(values[metric.Name]))) : "–")}</td>");
            page.Raw("</tr>");
        }

        page.Raw($"</tbody></table></div><p class=\"note\">{Html.Text(string.Join(" / ", content.Table.Metrics.Select(metric => metric.Heading)))}</p></details>");
    }
}
