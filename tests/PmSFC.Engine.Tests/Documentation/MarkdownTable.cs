namespace PmSFC.Engine.Tests.Documentation;

/// <summary>A table of a page of the documentation.</summary>
internal sealed record MarkdownTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>The only table of a page whose first column has that title.</summary>
    public static MarkdownTable Of(string page, string firstColumn)
    {
        var lines = File.ReadAllLines(Path.Combine([Repository.Root, .. page.Split('/')]));
        var start = lines.Index().Single(line => line.Item.StartsWith($"| {firstColumn} |", StringComparison.Ordinal)).Index;
        return new MarkdownTable(Cells(lines[start]), [.. lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells)]);
    }

    /// <summary>What stands in backticks in the first column.</summary>
    public IReadOnlyList<string> Names => [.. Rows.SelectMany(row => row[0].Split('`').Where((_, i) => i % 2 == 1))];

    private static IReadOnlyList<string> Cells(string line) => [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
}
