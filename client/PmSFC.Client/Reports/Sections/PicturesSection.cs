using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>Targets and reconstructions.</summary>
internal sealed class PicturesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var (grid, metrics) = (content.Grid, content.Table.Metrics);
        page.Heading("Targets and reconstructions");
        page.Note(Explanation(content));
        page.Raw("<div class=\"wide\"><table class=\"grid\"><thead><tr><th></th>");
        foreach (var column in grid.Columns)
            page.Raw($"<th title=\"{Html.Text(column.Name)}\">{Html.Text(column.Name)}</th>");
        page.Raw("</tr></thead><tbody>");
        page.BeginRow("target");
        foreach (var column in grid.Columns)
            page.Cell(Tile(column.Target, column.Name, "missing or damaged", ""));
        page.EndRow();
        foreach (var (row, label) in grid.Labels.Index())
        {
            page.BeginRow(Html.Text(label));
            foreach (var column in grid.Columns)
            {
                var (job, image) = column.Tiles[row];
                page.Cell(
                    Tile(
                        image,
                        job.Result is null ? job.Problem ?? "" : NumbersOf(job),
                        job.Failed ? "failed"
                            : job.Result is null ? "not finished"
                            : "unreadable",
                        metrics is [var first, ..] && job.Metrics.TryGetValue(first.Name, out var value) ? first.Format(value) : ""
                    )
                );
            }

            page.EndRow();
        }

        page.EndTable();

        string NumbersOf(TableJob job) =>
            string.Join(
                ", ",
                metrics
                    .Where(metric => job.Metrics.ContainsKey(metric.Name))
                    .Select(metric => $"{metric.Title} {metric.Format(job.Metrics[metric.Name])}")
            );
    }

    private static string Explanation(ReportContent content)
    {
        var (grid, plan) = (content.Grid, content.Plan);
        var shown =
            grid.Columns.Length == plan.Images.Length
                ? "All images"
                : $"The first {Html.Number(grid.Columns.Length)} of {Html.Number(plan.Images.Length)} images";
        var rows =
            grid.Labels.Length == plan.Cells.Length
                ? ""
                : $" and the first {Html.Number(grid.Labels.Length)} of {Html.Number(plan.Cells.Length)} methods";
        var under = content.Table.Metrics is [var first, ..] ? $" Under each reconstruction is its {Html.Text(first.Title)}." : "";
        var scaled = grid.Columns.Any(column => column.Target?.MediaType == "image/jpeg")
            ? $" They are shown at {ShownImage.MaximumSide} pixels at most, as JPEG; the numbers are those of the stored originals."
            : "";
        return $"{shown}{rows}.{under} Click one to see it enlarged next to its target.{scaled}";
    }

    private static string Tile(ShownImage? image, string title, string otherwise, string caption)
    {
        var picture = image is null
            ? $"<span class=\"none\">{otherwise}</span>"
            : $"<img alt=\"{Html.Text(title)}\" src=\"{Html.DataUri(image.MediaType, image.Content.Span)}\">";
        var below = caption.Length > 0 ? $"<small>{caption}</small>" : "";
        return $"<button type=\"button\" class=\"tile\" title=\"{Html.Text(title)}\">{picture}{below}</button>";
    }
}
