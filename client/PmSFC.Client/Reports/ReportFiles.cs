using System.Text.Json;
using System.Text.Json.Nodes;

namespace PmSFC.Client.Reports;

/// <summary>Full paths of a report's files.</summary>
/// <param name="Html">The report: one file that needs no network.</param>
/// <param name="Markdown">The table for people.</param>
/// <param name="Csv">The table for spreadsheets.</param>
/// <param name="Json">Everything for programs.</param>
/// <param name="Grid">Targets and reconstructions in one picture, or null where no image could be read.</param>
public sealed record ReportFiles(string Html, string Markdown, string Csv, string Json, string? Grid)
{
    internal const string HtmlName = "report.html",
        MarkdownName = "table.md",
        CsvName = "table.csv",
        JsonName = "table.json",
        GridName = "grid.png";

    /// <summary>The files' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [HtmlName, MarkdownName, CsvName, JsonName, GridName];

    /// <summary>The id of the sweep whose report a folder has, or null where it has none that can be read.</summary>
    public static string? SweepIn(string folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, JsonName));
            return JsonNode.Parse(file)?["sweep"]?.GetValue<string>();
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
