using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PmSFC.Abstractions.Json;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.Results;

/// <summary>Writes tables as text.</summary>
internal static partial class TableText
{
    public static string Markdown(SweepTable table, string? reference, QuotedTable? quoted)
    {
        var text = new StringBuilder();
        var metrics = table.Metrics;
        Line(text, ["method", .. metrics.Select(metric => metric.Heading), "results", "failed", "missing", "s/image", "source"]);
        Line(text, Enumerable.Range(0, metrics.Length + 6).Select(column => column == 0 || column == metrics.Length + 5 ? "---" : "---:"));
        foreach (var row in table.Rows)
            Line(
                text,
                [
                    row.Label,
                    .. metrics.Select(metric => metric.Format(ValueOf(row.Metrics, metric.Name))),
                    Text(row.Done),
                    Text(row.Failed),
                    Text(row.Missing),
                    row.DeviceSeconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "–",
                    row.Source,
                ]
            );
        text.Append("\nMean ± half the 95 % interval (Student t) over images.\n");
        foreach (var note in table.Notes)
            text.Append(CultureInfo.InvariantCulture, $"\n{Escaped(note)}\n");

        Differences(text, table, reference);
        if (quoted is not null)
            Quote(text, quoted);
        return text.ToString();
    }

    private static void Differences(StringBuilder text, SweepTable table, string? reference)
    {
        var (metrics, differences) = (table.Metrics, table.Differences(reference));
        if (differences.IsEmpty)
            return;
        text.Append(
            CultureInfo.InvariantCulture,
            $"\nDifference to {Escaped(differences[0].Reference)}, on the images that both have:\n\n"
        );
        Line(text, ["method", .. metrics.Select(metric => metric.Heading), "images", "source"]);
        Line(text, Enumerable.Range(0, metrics.Length + 3).Select(column => column == 0 || column == metrics.Length + 2 ? "---" : "---:"));
        foreach (var difference in differences)
            Line(
                text,
                [
                    difference.Label,
                    .. metrics.Select(metric => metric.FormatDifference(ValueOf(difference.Metrics, metric.Name))),
                    Text(difference.Metrics.Values.Select(estimate => estimate.Count).DefaultIfEmpty().Max()),
                    difference.Source,
                ]
            );
    }

    private static void Quote(StringBuilder text, QuotedTable quoted)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{Escaped(quoted.Caption)}\n\n");
        Line(text, ["method", "data set", .. quoted.Metrics.Select(metric => metric.Heading), "source"]);
        Line(
            text,
            Enumerable
                .Range(0, quoted.Metrics.Length + 3)
                .Select(column => column < 2 || column == quoted.Metrics.Length + 2 ? "---" : "---:")
        );
        foreach (var row in quoted.Rows)
            Line(
                text,
                [row.Method, row.DataSet, .. quoted.Metrics.Zip(row.Values, (metric, value) => metric.Format(value)), RowSource.Paper]
            );
    }

    public static string Csv(SweepTable table, string? reference, QuotedTable? quoted)
    {
        var text = new StringBuilder(
            "method,difference_to,metric,mean,low95,high95,count,failed,missing,source,data_set,infinite,left_out\n"
        );
        foreach (var row in table.Rows)
        foreach (var metric in table.Metrics.Select(metric => metric.Name).Union(LeftOutOf(row.Label).Select(MetricOf)).DefaultIfEmpty(""))
            Record(
                row.Label,
                "",
                metric,
                ValueOf(row.Metrics, metric),
                Text(row.Failed),
                Text(row.Missing),
                row.Source,
                LeftOut(row.Label, metric)
            );
        foreach (var difference in table.Differences(reference))
        foreach (var (metric, estimate) in difference.Metrics)
            Record(difference.Label, difference.Reference, metric, estimate, "", "", difference.Source, "");
        foreach (var row in quoted?.Rows ?? [])
        foreach (var (metric, value) in quoted!.Metrics.Zip(row.Values))
            text.AppendJoin(
                    ',',
                    [
                        CsvField.Of(row.Method),
                        "",
                        metric.Name,
                        CsvField.Of(value),
                        "",
                        "",
                        "",
                        "",
                        "",
                        RowSource.Paper,
                        CsvField.Of(row.DataSet),
                        "",
                        "",
                    ]
                )
                .Append('\n');
        return text.ToString();

        void Record(
            string label,
            string to,
            string metric,
            Estimate? estimate,
            string failed,
            string missing,
            string source,
            string leftOut
        ) =>
            text.AppendJoin(
                    ',',
                    [
                        CsvField.Of(label),
                        CsvField.Of(to),
                        CsvField.Of(metric),
                        CsvField.Of(estimate?.Mean),
                        CsvField.Of(estimate?.Low),
                        CsvField.Of(estimate?.High),
                        Text(estimate?.Count ?? 0),
                        failed,
                        missing,
                        source,
                        "",
                        Text(estimate?.Infinite ?? 0),
                        leftOut,
                    ]
                )
                .Append('\n');

        string LeftOut(string label, string metric) => Text(LeftOutOf(label).Count(fault => MetricOf(fault) == metric));

        IEnumerable<ArtifactFault> LeftOutOf(string label) =>
            table.Jobs.Where(job => job.Job.Cell.Label == label).SelectMany(job => job.LeftOut);

        static string MetricOf(ArtifactFault fault) => Path.GetFileNameWithoutExtension(fault.Artifact);
    }

    public static byte[] Json(SweepTable table, string? reference, QuotedTable? quoted) =>
        ArtifactJson.Write(
            new
            {
                Sweep = table.Plan.Id,
                table.Plan.Name,
                Generator = table.Plan.GeneratorId,
                table.Plan.Task,
                table.Plan.Seed,
                Interval = "95 %, Student t",
                table.Notes,
                Rows = table.Rows.Select(row => new
                {
                    row.Label,
                    row.Method,
                    row.Source,
                    row.Done,
                    row.Failed,
                    row.Missing,
                    row.DeviceSeconds,
                    Metrics = row.Metrics.ToDictionary(pair => pair.Key, pair => Full(pair.Value)),
                }),
                Differences = table
                    .Differences(reference)
                    .Select(difference => new
                    {
                        difference.Label,
                        difference.Reference,
                        difference.Source,
                        Metrics = difference.Metrics.ToDictionary(pair => pair.Key, pair => Full(pair.Value)),
                    }),
                Quoted = quoted is null
                    ? null
                    : new
                    {
                        quoted.Caption,
                        Rows = quoted.Rows.Select(row => new
                        {
                            row.Method,
                            row.DataSet,
                            Source = RowSource.Paper,
                            Metrics = quoted.Metrics.Zip(row.Values).ToDictionary(pair => pair.First.Name, pair => pair.Second),
                        }),
                    },
                Jobs = table.Jobs.Select(job => new
                {
                    job.Id,
                    job.Job.Cell.Label,
                    Image = job.Job.Image.Name,
                    ImageId = job.Job.Image.Id,
                    ImageNote = job.Job.Image.Note,
                    Metrics = job.Result is null ? null : job.Metrics,
                    job.Measurements,
                    job.LeftOut,
                    job.Result?.Iterations,
                    job.Result?.DeviceSeconds,
                    job.Result?.Device,
                    job.Result?.ReconstructionSha256,
                    job.Result?.Divergence,
                    Conflicts = table.Conflicts.Where(conflict => conflict.JobId == job.Id),
                    job.Failed,
                    job.Problem,
                }),
            }
        );

    private static object Full(Estimate estimate) =>
        new
        {
            Mean = double.IsNaN(estimate.Mean) ? (double?)null : estimate.Mean,
            estimate.Low,
            estimate.High,
            estimate.Count,
            estimate.Infinite,
        };

    private static Estimate? ValueOf(IReadOnlyDictionary<string, Estimate> metrics, string metric) =>
        metrics.TryGetValue(metric, out var estimate) ? estimate : null;

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(Escaped)).Append(" |\n");

    // CommonMark reads a backslash before any punctuation as that punctuation; GitHub makes links also of bare addresses.
    private static string Escaped(string cell) =>
        Markup()
            .Replace(ShownText.Line(cell), found => found.Value switch
                {
                    "<" => "&lt;",
                    "&" => "&amp;",
                    _ => $@"\{found.Value}",
                });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[\\`*{}\[\]<>|~$&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|!(?=\[)|:(?=//)|(?<=\b[Ww]{3})\.")]
    private static partial Regex Markup();
}
