namespace PmSFC.Client.Reports.Sections;

/// <summary>The jobs that have a problem, with why.</summary>
internal sealed class ProblemsSection : IReportSection
{
    private const int MaximumProblems = 200;

    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var problems = content.Table.Jobs.Where(job => job.Problem is not null).OrderByDescending(job => job.Failed).ToList();
        if (problems.Count == 0)
            return;
        page.Heading("Without a result");
        page.BeginTable([ReportColumn.OfText("method"), ReportColumn.OfText("image"), ReportColumn.OfText("why")]);
        foreach (var job in problems.Take(MaximumProblems))
        {
            page.BeginRow();
            page.Cell(Html.Text(job.Job.Cell.Label), "text");
            page.Cell(Html.Text(job.Job.Image.Name), "text");
            page.Cell(Html.Text(job.Problem!), job.Failed ? "text bad" : "text");
            page.EndRow();
        }

        page.EndTable();
        if (problems.Count > MaximumProblems)
            page.Note($"And {Html.Number(problems.Count - MaximumProblems)} more; table.json lists them all.");
    }
}
