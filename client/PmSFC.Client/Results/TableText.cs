using System.Globalization;
using System.Text;
using PmSFC.Abstractions.Json;

namespace PmSFC.Client.Results;

/// <summary>Writes tables as text.</summary>
internal static class TableText
{
    public static string Markdown(SweepTable table, string? reference)
    {
        var text = new StringBuilder();
        var metrics = table.Metrics;
        Line(text, ["method", .. metrics.Select(metric => metric.Heading), "results", "failed", "missing", "s/image", "source"]);
        Line(text, Enumerable.Range(0, metrics.Length + 6).Select(column => column == 0 || column == metrics.Length + 5 ? "---" : "---:"));
        foreach (var row in table.Rows)
            Line(text,
            [
                row.Label, .. metrics.Select(metric => metric.Format(ValueOf(row.Metrics, metric.Name))),
                Text(row.Done), Text(row.Failed), Text(row.Missing), row.DeviceSeconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "–", SweepTable.Source,
            ]);
        text.Append("\nMean ± half the 95 % interval (Student t) over images.\n");
        foreach (var note in table.Notes) text.Append(CultureInfo.InvariantCulture, $"\n{Escaped(note)}\n");

        var differences = table.Differences(reference);
        if (differences.IsEmpty) return text.ToString();
        text.Append(CultureInfo.InvariantCulture, $"\nDifference to {Escaped(differences[0].Reference)}, on the images that both have:\n\n");
        Line(text, ["method", .. metrics.Select(metric => metric.Heading), "images"]);
        Line(text, Enumerable.Range(0, metrics.Length + 2).Select(column => column == 0 ? "---" : "---:"));
        foreach (var difference in differences)
            Line(text,
            [
                difference.Label, .. metrics.Select(metric => metric.FormatDifference(ValueOf(difference.Metrics, metric.Name))),
                Text(difference.Metrics.Values.Select(estimate => estimate.Count).DefaultIfEmpty().Max()),
            ]);
        return text.ToString();
    }

    public static string Csv(SweepTable table, string? reference)
    {
        var text = new StringBuilder("method,difference_to,metric,mean,low95,high95,count,failed,missing,source\n");
        foreach (var row in table.Rows)
            foreach (var metric in table.Metrics.Select(metric => metric.Name).DefaultIfEmpty(""))
                Record(row.Label, "", metric, ValueOf(row.Metrics, metric), Text(row.Failed), Text(row.Missing));
        foreach (var difference in table.Differences(reference))
            foreach (var (metric, estimate) in difference.Metrics)
                Record(difference.Label, difference.Reference, metric, estimate, "", "");
        return text.ToString();

        void Record(string label, string to, string metric, Estimate? estimate, string failed, string missing) => text.AppendJoin(',',
        [
            Quoted(label), Quoted(to), Quoted(metric), Number(estimate?.Mean), Number(estimate?.Low), Number(estimate?.High),
            Text(estimate?.Count ?? 0), failed, missing, SweepTable.Source,
        ]).Append('\n');
    }

    public static byte[] Json(SweepTable table, string? reference) => ArtifactJson.Write(new
    {
        Sweep = table.Plan.Id,
        table.Plan.Name,
        Generator = table.Plan.GeneratorId,
        table.Plan.Task,
        table.Plan.Seed,
        SweepTable.Source,
        Interval = "95 %, Student t",
        table.Notes,
        Rows = table.Rows.Select(row => new
        {
            row.Label, row.Method, row.Done, row.Failed, row.Missing, row.DeviceSeconds, Metrics = row.Metrics.ToDictionary(pair => pair.Key, pair => Full(pair.Value)),
        }),
        Differences = table.Differences(reference).Select(difference => new
        {
            difference.Label, difference.Reference, Metrics = difference.Metrics.ToDictionary(pair => pair.Key, pair => Full(pair.Value)),
        }),
        Jobs = table.Jobs.Select(job => new
        {
            job.Id,
            job.Job.Cell.Label,
            Image = job.Job.Image.Name,
            ImageId = job.Job.Image.Id,
            Metrics = job.Result is null ? null : job.Metrics,
            job.Measurements,
            job.Result?.Iterations,
            job.Result?.DeviceSeconds,
            job.Result?.Device,
            job.Result?.ReconstructionSha256,
            job.Failed,
            job.Problem,
        }),
    });

    private static object Full(Estimate estimate) => new { estimate.Mean, estimate.Low, estimate.High, estimate.Count };

    private static Estimate? ValueOf(IReadOnlyDictionary<string, Estimate> metrics, string metric) =>
        metrics.TryGetValue(metric, out var estimate) ? estimate : null;

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(Escaped)).Append(" |\n");

    private static string Escaped(string cell) => cell
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
