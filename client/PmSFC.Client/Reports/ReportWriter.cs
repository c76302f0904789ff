using System.Text;

namespace PmSFC.Client.Reports;

/// <summary>A report's page while it is written.</summary>
/// <remarks>
/// Parameters called <c>html</c> are appended as they are: names and messages in them come from users and must have passed through <see cref="Html.Text"/>.
/// </remarks>
internal sealed class ReportWriter
{
    private readonly StringBuilder _page = new();

    /// <summary>Appends HTML.</summary>
    public void Raw(string html) => _page.Append(html);

    /// <summary>Appends a section's heading.</summary>
    /// <param name="title">The heading, as text.</param>
    public void Heading(string title) => Raw($"<h2>{Html.Text(title)}</h2>");

    /// <summary>Appends a paragraph that explains what is shown.</summary>
    public void Note(string html) => Raw($"<p class=\"note\">{html}</p>");

    /// <summary>Begins a table as wide as its content needs, up to its first row.</summary>
    /// <param name="columns">What heads the columns.</param>
    /// <param name="cssClass">The table's class in the style sheet, or null for none.</param>
    public void BeginTable(IEnumerable<ReportColumn> columns, string? cssClass = "full")
    {
        Raw($"<div class=\"wide\"><table{(cssClass is null ? "" : $" class=\"{cssClass}\"")}><thead><tr>");
        foreach (var column in columns)
            Raw($"<th{(column.HoldsNumbers ? " class=\"n\"" : "")}>{Html.Text(column.Title)}</th>");
        Raw("</tr></thead><tbody>");
    }

    /// <summary>Ends the table.</summary>
    public void EndTable() => Raw("</tbody></table></div>");

    /// <summary>Begins a row.</summary>
    public void BeginRow() => Raw("<tr>");

    /// <summary>Begins a row with its heading.</summary>
    public void BeginRow(string html) => Raw($"<tr><th>{html}</th>");

    /// <summary>Ends the row.</summary>
    public void EndRow() => Raw("</tr>");

    /// <summary>Appends a cell.</summary>
    /// <param name="html">Its content.</param>
    /// <param name="cssClass">Its classes in the style sheet, or null for none.</param>
    public void Cell(string html, string? cssClass = null) => Raw($"<td{(cssClass is null ? "" : $" class=\"{cssClass}\"")}>{html}</td>");

    /// <summary>Appends a cell of a column of numbers.</summary>
    public void NumberCell(string html) => Cell(html, "n");

    /// <summary>Appends a line chart with its legend, or nothing where no series has a point that can be shown.</summary>
    /// <param name="series">The lines.</param>
    /// <param name="label">What the chart shows, for screen readers.</param>
    public void Chart(IReadOnlyList<ChartSeries> series, string label)
    {
        if (LineChart.Draw(series, label, "iteration") is { } chart)
            Raw($"{chart}{LineChart.Legend(series)}");
    }

    /// <summary>The page up to here.</summary>
    public override string ToString() => _page.ToString();
}
