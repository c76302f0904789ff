using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>Published numbers, where they are asked for.</summary>
internal sealed class PublishedSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Options.Quoted is not { } quoted) return;
        page.Raw($"<h2>Published</h2><p class=\"note\">{Html.Text(quoted.Caption)}</p><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th><th>data set</th>");
        foreach (var metric in quoted.Metrics) page.Raw($"<th class=\"n\">{Html.Text(metric.Heading)}</th>");
        page.Raw("<th>source</th></tr></thead><tbody>");
        foreach (var row in quoted.Rows)
        {
            page.Raw($"<tr><th>{Html.Text(row.Method)}</th><td>{Html.Text(row.DataSet)}</td>");
            foreach (var (metric, value) in quoted.Metrics.Zip(row.Values)) page.Raw($"<td class=\"n\">{metric.Format(value)}</td>");
            page.Raw($"<td>{RowSource.Paper}</td></tr>");
        }

        page.Raw("</tbody></table></div>");
    }
}
