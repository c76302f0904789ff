using System.Text.RegularExpressions;

namespace PmSFC.Testing;

/// <summary>The tables of <c>docs/telemetry.md</c>.</summary>
public static partial class TelemetryTables
{
    /// <summary>A row of the table of spans.</summary>
    public sealed record SpanRow(string Name, string Where, IReadOnlyList<string> Attributes);

    /// <summary>A row of the table of metrics.</summary>
    public sealed record MetricRow(string Name, string AtMetrics, string Kind, string Unit, IReadOnlyList<string> Attributes);

    public static IReadOnlyList<SpanRow> Spans { get; } =
    [.. Rows("span").Select(cells => new SpanRow(Code(cells[0])[0], cells[1], [.. Code(cells[3]).Order(StringComparer.Ordinal)]))];

    public static IReadOnlyList<MetricRow> Metrics { get; } =
    [
        .. Rows("metric")
            .Select(cells => new MetricRow(
                Code(cells[0])[0],
                Code(cells[1])[0],
                cells[2].Split(',')[0],
                Code(cells[2])[0],
                [.. Code(cells[3]).Order(StringComparer.Ordinal)]
            )),
    ];

    /// <summary>The rows of the table whose first column is called so.</summary>
    private static IEnumerable<string[]> Rows(string first) =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", "telemetry.md"))
            .SkipWhile(line => !line.StartsWith($"| {first} |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray());

    private static string[] Code(string cell) => [.. CodeSpan().Matches(cell).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();
}
