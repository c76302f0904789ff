using System.Collections.Immutable;

namespace PmSFC.Client.Results;

/// <summary>Sentences below a table about columns that are missing, not whole, or measured with weights.</summary>
internal static class MetricNotes
{
    private const int ShownNames = 3;

    public static ImmutableArray<string> Of(SweepTable table, IReadOnlyList<MetricDisplay> known)
    {
        var results = table.Jobs.Where(job => job.Result is not null).ToList();
        if (results.Count == 0)
            return [];
        var measurements = results.SelectMany(job => job.Measurements).ToLookup(measurement => measurement.Metric, StringComparer.Ordinal);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var metric in table.Metrics)
        {
            var files = measurements[metric.Name].SelectMany(measurement => measurement.Weights).Distinct().ToList();
            if (files.Count > 0)
                notes.Add(
                    $"{metric.Title} is measured with {string.Join(", ", files.Select(file => $"{file.Name} (SHA-256 {file.Sha256[..Math.Min(12, file.Sha256.Length)]}…)"))}."
                );
            if (
                measurements[metric.Name]
                    .Select(measurement => string.Join(' ', measurement.Weights.Select(file => file.Sha256)))
                    .Distinct()
                    .Count() > 1
            )
                notes.Add(
                    $"{metric.Title} is measured with different weights, so its numbers cannot be compared: 'sweep measure --again' measures all with the same."
                );
        }

        foreach (
            var metric in table.Metrics.Where(metric =>
                table.Rows.Any(row => row.Metrics.TryGetValue(metric.Name, out var estimate) && estimate.Infinite > 0)
            )
        )
            notes.Add(
                $"{metric.Title}: a mean is that of the finite values; images that equal their targets (∞) are counted as exact. "
                    + "Two exact images differ by 0; a difference that is infinite is left out of the mean and counted."
            );
        foreach (var metric in known)
        {
            var without = results.Count(job => IsNoNumber(job, metric.Name));
            if (without > 0)
                notes.Add($"No number for {Count(without, results.Count)}: {metric.Title} came out as no number.");
        }

        foreach (
            var reasons in known
                .SelectMany(metric => measurements[metric.Name])
                .Where(measurement => measurement.Undefined is not null)
                .GroupBy(measurement => measurement.Undefined)
        )
            notes.Add($"No number for {Count(reasons.Count(), results.Count)}: {reasons.Key}");

        foreach (var faults in results.SelectMany(job => job.LeftOut).GroupBy(fault => fault.Problem))
        {
            var names =
                string.Join(", ", faults.Take(ShownNames).Select(fault => fault.Artifact)) + (faults.Count() > ShownNames ? ", …" : "");
            notes.Add($"Left out: {Numbers(faults.Count())} {faults.Key} ({names}). 'sweep measure' measures again.");
        }

        // No whole command line: a report travels to where another program, store and folder are.
        foreach (var lacking in Unmeasured(table, known).GroupBy(lacking => lacking.Results))
            notes.Add(
                $"Not measured for {Count(lacking.Key, results.Count)}: {string.Join(", ", lacking.Select(metric => metric.Metric.Title))}; 'sweep measure' adds "
                    + $"them{(lacking.Any(metric => metric.Metric.NeedsWeights) ? ", with the folder of their weights in --weights or PMSFC_WEIGHTS" : "")}."
            );
        return notes.ToImmutable();
    }

    /// <summary>The metrics that could be measured of some results and are not, with the number of these results.</summary>
    public static IEnumerable<(MetricDisplay Metric, int Results)> Unmeasured(SweepTable table, IReadOnlyList<MetricDisplay> known) =>
        known
            .Where(metric => metric.NeedsWeights || table.Metrics.Contains(metric))
            .Select(metric =>
                (
                    metric,
                    table.Jobs.Count(job =>
                        job.Result is not null
                        && !job.Metrics.ContainsKey(metric.Name)
                        && !IsNoNumber(job, metric.Name)
                        && job.Measurements.All(measurement => measurement.Metric != metric.Name)
                    )
                )
            )
            .Where(lacking => lacking.Item2 > 0);

    private static string Numbers(int count) => count == 1 ? "1 stored number that" : $"{count} stored numbers, each of which";

    private static bool IsNoNumber(TableJob job, string metric) =>
        job.Result!.Metrics.TryGetValue(metric, out var value) && double.IsNaN(value);

    private static string Count(int count, int all) =>
        count == all ? "any result"
        : count == 1 ? "1 result"
        : $"{count} results";
}
