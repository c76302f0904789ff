using PmSFC.Client.Results;

namespace PmSFC.Client.Reports.Sections;

/// <summary>Published numbers, where they are asked for.</summary>
internal sealed class PublishedSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Options.Quoted is not { } quoted)
            return;
        page.Heading("Published");
        page.Note(Html.Text(quoted.Caption));
        page.BeginTable([
            ReportColumn.OfText("method"),
            ReportColumn.OfText("data set"),
            .. quoted.Metrics.Select(metric => ReportColumn.OfNumbers(metric.Heading)),
            ReportColumn.OfText("source"),
        ]);
        foreach (var row in quoted.Rows)
        {
            page.BeginRow(Html.Text(row.Method));
            page.Cell(Html.Text(row.DataSet));
            foreach (var (metric, value) in quoted.Metrics.Zip(row.Values))
                page.NumberCell(metric.Format(value));
            page.Cell(RowSource.Paper);
            page.EndRow();
        }

        page.EndTable();
    }
}
