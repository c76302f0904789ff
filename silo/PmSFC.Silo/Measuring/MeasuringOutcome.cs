using System.Collections.Immutable;
using PmSFC.Silo.Verifying;

namespace PmSFC.Silo.Measuring;

/// <summary>The outcome of measuring the metrics of a sweep.</summary>
/// <param name="Metrics">A summary for each metric, in the order of columns.</param>
/// <param name="Findings">Why results could not be measured: what is damaged or missing, by the artifacts' names.</param>
public sealed record MeasuringOutcome(ImmutableArray<MeasuringSummary> Metrics, ImmutableArray<Finding> Findings);
