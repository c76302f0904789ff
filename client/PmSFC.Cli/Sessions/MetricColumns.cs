using System.Collections.Immutable;
using PmSFC.Client.Results;
using PmSFC.Engine;
using PmSFC.Engine.Metrics;

namespace PmSFC.Cli.Sessions;

/// <summary>The engine's metrics as tables show them.</summary>
internal static class MetricColumns
{
    /// <summary>Every metric, in the order of columns.</summary>
    public static ImmutableArray<MetricDisplay> All { get; } =
    [
        .. EngineCatalog.BuiltIn.Metrics.All.Select(metric => new MetricDisplay
        {
            Name = metric.Name,
            Title = metric.Title,
            HigherIsBetter = metric.HigherIsBetter,
            Digits = metric.Digits,
            Definition = metric.Definition,
            NeedsWeights = metric is IWeightedMetric,
        }),
    ];
}
