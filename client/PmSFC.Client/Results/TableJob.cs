using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Client.Results;

/// <summary>A planned job and its outcome.</summary>
/// <param name="Job">The job and its place in the table.</param>
/// <param name="Id">The job's id.</param>
/// <param name="Result">Its stored result, or null.</param>
/// <param name="Failed">Whether it has no result because it failed.</param>
/// <param name="Problem">Why it has no result, or null where it has one.</param>
public sealed record TableJob(PlannedJob Job, string Id, JobResult? Result, bool Failed, string? Problem)
{
    /// <summary>What was measured of its reconstruction after it.</summary>
    public ImmutableArray<JobMeasurement> Measurements { get; init; } = [];

    /// <summary>What is wrong with the stored result, so that it does not count, or null.</summary>
    public ArtifactFault? Fault { get; init; }

    /// <summary>Stored numbers that do not count, since they are damaged, or of another picture or an earlier definition of their metric.</summary>
    public ImmutableArray<ArtifactFault> LeftOut { get; init; } = [];

    /// <summary>Every metric that has a number, infinite ones too: the result's own, then those measured after it. Empty where there is no result.</summary>
    public ImmutableSortedDictionary<string, double> Metrics
    {
        get
        {
            var metrics = (Result?.Metrics ?? ImmutableSortedDictionary<string, double>.Empty).ToBuilder();
            foreach (var measurement in Measurements)
                if (measurement.Value is { } value)
                    metrics.TryAdd(measurement.Metric, value);
            metrics.RemoveRange(metrics.Where(metric => double.IsNaN(metric.Value)).Select(metric => metric.Key).ToList());
            return metrics.ToImmutable();
        }
    }
}
