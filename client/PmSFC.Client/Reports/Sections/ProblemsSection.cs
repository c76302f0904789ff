namespace PmSFC.Client.Reports.Sections;

/// <summary>The jobs that have a problem, with why.</summary>
internal sealed class ProblemsSection : IReportSection
{
    private const int MaximumProblems = 200;

    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var problems = content.Table.Jobs.Where(job => job.Problem is not null).OrderByDescending(job => job.Failed).ToList();
        if (problems.Count == 0) return;
        page.Raw("<h2>Without a result</h2><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th><th>image</th><th>why</th></tr></thead><tbody>");
        foreach (var job in problems.Take(MaximumProblems))
            page.Raw($"<tr><td class=\"text\">{Html.Text(job.Job.Cell.Label)}</td><td class=\"text\">{Html.Text(job.Job.Image.Name)}</td><td class=\"text{(job.Failed ? " bad" : "")}\">{Html.Text(job.Problem!)}</td></tr>");
        page.Raw("</tbody></table></div>");
        if (problems.Count > MaximumProblems) page.Raw($"<p class=\"note\">And {Html.Number(problems.Count - MaximumProblems)} more; table.json lists them all.</p>");
    }
}
