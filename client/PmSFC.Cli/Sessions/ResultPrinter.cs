using System.Globalization;
using System.Text.Json.Nodes;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Client.Reports;
using PmSFC.Client.Results;
using PmSFC.Storage;
using Spectre.Console;

namespace PmSFC.Cli.Sessions;

/// <summary>Shows a sweep's table and writes its report.</summary>
internal sealed class ResultPrinter(Invocation invocation, IArtifactStore store)
{
    private const int ShownProblems = 5;

    /// <summary>Shows the table, and writes the report where a folder is named.</summary>
    /// <param name="table">The table.</param>
    /// <param name="folder">Where to write the report, or null.</param>
    /// <param name="quoted">Published numbers to show below, or null.</param>
    public async Task TellAsync(SweepTable table, string? folder, QuotedTable? quoted = null)
    {
        var report = folder is null ? null : await WriteReportAsync(table, folder, quoted);
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "table",
                    Sweep = table.Plan.Id,
                    Table = JsonNode.Parse(table.ToJson(quoted: quoted)),
                    Report = report,
                }
            );
            return;
        }

        invocation.Console.Write(Render(table));
        foreach (var difference in table.Differences())
        {
            var parts = table
                .Metrics.Where(metric => difference.Metrics.ContainsKey(metric.Name))
                .Select(metric => $"{metric.Title} {metric.FormatDifference(difference.Metrics[metric.Name])}");
            invocation.Say($"{difference.Label} − {difference.Reference}, image by image: {string.Join(", ", parts)}");
        }

        invocation.Say("± is half the 95 % confidence interval of the mean.");
        foreach (var note in table.Notes)
            invocation.Say(note);
        if (table.LacksMeasurements)
            invocation.Say($"Measure what is missing with: {invocation.Command("sweep", "measure", Amounts.ShortId(table.Plan.Id))}");
        if (quoted is not null)
        {
            invocation.Say(quoted.Caption);
            invocation.Console.Write(Render(quoted));
        }

        TellProblems(table);
        if (report is not null)
            invocation.Say($"Report, one file for any browser: {report}");
    }

    private static Table Render(SweepTable table)
    {
        var shown = new Table().Border(TableBorder.Rounded).AddColumn("method").AddColumn(new TableColumn("images").RightAligned());
        foreach (var metric in table.Metrics)
            shown.AddColumn(new TableColumn(metric.Heading).RightAligned());
        shown.AddColumn(new TableColumn("device s/image").RightAligned()).AddColumn(new TableColumn("failed").RightAligned());
        shown.AddColumn("source");
        if (table.Rows.Any(row => row.Missing > 0))
            shown.AddColumn(new TableColumn("missing").RightAligned());
        foreach (var row in table.Rows)
        {
            string[] cells =
            [
                row.Label,
                row.Done.ToString(CultureInfo.InvariantCulture),
                .. table.Metrics.Select(metric => metric.Format(row.Metrics.TryGetValue(metric.Name, out var value) ? value : null)),
                row.DeviceSeconds?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–",
                row.Failed.ToString(CultureInfo.InvariantCulture),
                row.Source,
                row.Missing.ToString(CultureInfo.InvariantCulture),
            ];
            shown.AddRow(cells.Take(shown.Columns.Count).Select(cell => Cell.Of(cell)));
        }

        return shown;
    }

    private static Table Render(QuotedTable quoted)
    {
        var shown = new Table().Border(TableBorder.Rounded).AddColumns("method", "data set");
        foreach (var metric in quoted.Metrics)
            shown.AddColumn(new TableColumn(metric.Heading).RightAligned());
        shown.AddColumn("source");
        foreach (var row in quoted.Rows)
            shown.AddRow(
                (
                    (string[])
                        [
                            row.Method,
                            row.DataSet,
                            .. quoted.Metrics.Zip(row.Values, (metric, value) => metric.Format(value)),
                            RowSource.Paper,
                        ]
                ).Select(cell => Cell.Of(cell))
            );
        return shown;
    }

    private void TellProblems(SweepTable table)
    {
        var problems = table.Jobs.Where(job => job.Result is null).ToList();
        foreach (var job in problems.Take(ShownProblems))
            invocation.Say($"{job.Job.Cell.Label} {job.Job.Image.Name}: {job.Problem}");
        if (problems.Any(job => job.Fault is not null))
            invocation.Say($"Make again what is damaged with: {invocation.Command("sweep", "resume", Amounts.ShortId(table.Plan.Id))}");
        if (problems.Count > ShownProblems)
            invocation.Say($"... and {problems.Count - ShownProblems} more without a result; the report lists all.");
    }

    private async Task<string> WriteReportAsync(SweepTable table, string folder, QuotedTable? quoted)
    {
        OutputFolder.Prepare(folder, ReportFiles.Names);
        if (ReportFiles.SweepIn(folder) is { } other && other != table.Plan.Id)
            invocation.Note(
                $"The report of sweep {Amounts.ShortId(other)}, which was in {folder}, is replaced; "
                    + $"write it to another folder with: {invocation.Command("sweep", "report", Amounts.ShortId(other), "--out", "FOLDER")}"
            );
        var files = await new SweepReport(store, invocation.Host.Time).WriteAsync(
            table,
            folder,
            new ReportOptions { Quoted = quoted },
            invocation.CancellationToken
        );
        return files.Html;
    }
}
