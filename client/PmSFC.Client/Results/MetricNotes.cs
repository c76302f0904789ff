using System.Collections.Immutable;

namespace PmSFC.Client.Results;

/// <summary>Sentences below a table about columns that are missing, not whole, or measured with weights.</summary>
internal static class MetricNotes
{
    public static ImmutableArray<string> Of(SweepTable table, IReadOnlyList<MetricDisplay> known)
    {
        var results = table.Jobs.Where(job => job.Result is not null).ToList();
        if (results.Count == 0) return [];
        var measurements = results.SelectMany(job => job.Measurements).ToLookup(measurement => measurement.Metric, StringComparer.Ordinal);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var metric in table.Metrics)
        {
            var files = measurements[metric.Name].SelectMany(measurement => measurement.Weights).Distinct().ToList();
            if (files.Count > 0) notes.Add($"{metric.Title} is measured with {string.Join(", ", files.Select(file => $"{file.Name} (SHA-256 {file.Sha256[..Math.Min(12, file.Sha256.Length)]}…)"))}.");
            if (measurements[metric.Name].Select(measurement => string.Join(' ', measurement.Weights.Select(file => file.Sha256))).Distinct().Count() > 1)
                notes.Add($"{metric.Title} is measured with different weights, so its numbers cannot be compared: delete jobs/*/metrics/{metric.Name}.json and measure again.");
        }

        foreach (var reasons in known.SelectMany(metric => measurements[metric.Name]).Where(measurement => measurement.Undefined is not null).GroupBy(measurement => measurement.Undefined))
            notes.Add($"No number for {Count(reasons.Count(), results.Count)}: {reasons.Key}");

        var measure = $"pmsfc sweep measure {table.Plan.Id[..12]}";
        foreach (var lacking in known.Where(metric => metric.NeedsWeights || table.Metrics.Contains(metric)).GroupBy(metric =>
            results.Count(job => !job.Metrics.ContainsKey(metric.Name) && job.Measurements.All(measurement => measurement.Metric != metric.Name))).Where(group => group.Key > 0))
            notes.Add(
                $"Not measured for {Count(lacking.Key, results.Count)}: {string.Join(", ", lacking.Select(metric => metric.Title))}; " +
                $"do it with: {measure}{(lacking.Any(metric => metric.NeedsWeights) ? " --weights FOLDER" : "")}");
        return notes.ToImmutable();
    }

    private static string Count(int count, int all) => count == all ? "any result" : count == 1 ? "1 result" : $"{count} results";
}
