using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>Targets and reconstructions.</summary>
internal sealed class PicturesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var grid = content.Grid;
        var shown = grid.Columns.Length == content.Plan.Images.Length ? "All images" : $"The first {Html.Number(grid.Columns.Length)} of {Html.Number(content.Plan.Images.Length)} images";
        var rows = grid.Labels.Length == content.Plan.Cells.Length ? "" : $" and the first {Html.Number(grid.Labels.Length)} of {Html.Number(content.Plan.Cells.Length)} methods";
        var scaled = grid.Columns.Any(column => column.Target?.MediaType == "image/jpeg")
            ? $" They are shown at {ShownImage.MaximumSide} pixels at most, as JPEG; the numbers are those of the stored originals." : "";
        var under = content.Table.Metrics.Length > 0 ? $" Under each reconstruction is its {Html.Text(content.Table.Metrics[0].Title)}." : "";
        page.Raw($"<h2>Targets and reconstructions</h2><p class=\"note\">{shown}{rows}.{under} Click one to see it enlarged beside its target.{scaled}</p><div class=\"wide\"><table class=\"grid\"><thead><tr><th></th>");
        foreach (var column in grid.Columns) page.Raw($"<th title=\"{Html.Text(column.Name)}\">{Html.Text(column.Name)}</th>");
        page.Raw("</tr></thead><tbody><tr><th>target</th>");
        foreach (var column in grid.Columns) Tile(column.Target, column.Name, "missing or damaged", "");
        page.Raw("</tr>");
        foreach (var (row, label) in grid.Labels.Index())
        {
            page.Raw($"<tr><th>{Html.Text(label)}</th>");
            foreach (var column in grid.Columns)
            {
                var (job, image) = column.Tiles[row];
                var numbers = job.Result is null ? job.Problem ?? ""
                    : string.Join(", ", content.Table.Metrics.Where(metric => job.Metrics.ContainsKey(metric.Name)).Select(metric => $"{metric.Title} {metric.Format(job.Metrics[metric.Name])}"));
                Tile(image, numbers, job.Failed ? "failed" : job.Result is null ? "not finished" : "unreadable", Value(job));
            }

            page.Raw("</tr>");
        }

        page.Raw("</tbody></table></div>");

        void Tile(ShownImage? image, string title, string otherwise, string caption) => page.Raw(
            $"<td><button type=\"button\" class=\"tile\" title=\"{Html.Text(title)}\">{(image is null ? $"<span class=\"none\">{otherwise}</span>" : $"<img alt=\"{Html.Text(title)}\" src=\"{Html.DataUri(image.MediaType, image.Content.Span)}\">")}{(caption.Length > 0 ? $"<small>{caption}</small>" : "")}</button></td>");

        string Value(TableJob job) =>
            content.Table.Metrics.Length > 0 && job.Metrics.TryGetValue(content.Table.Metrics[0].Name, out var value) ? content.Table.Metrics[0].Format(value) : "";
    }
}
