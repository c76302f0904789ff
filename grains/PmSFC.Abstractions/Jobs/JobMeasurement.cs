using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace PmSFC.Abstractions.Jobs;

/// <summary>
/// A metric of a job's stored reconstruction that was measured after the job, as stored in <c>jobs/{id}/metrics/{metric}.json</c>. It goes through
/// the store and never through a grain.
/// </summary>
public sealed record JobMeasurement
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>The number, or null where the metric has none for these images.</summary>
    public required double? Value { get; init; }

    /// <summary>Why it has none, one sentence; null where it has one.</summary>
    public required string? Undefined { get; init; }

    /// <summary>Which definition of the metric it follows; null for the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Definition { get; init; }

    /// <summary>The files of weights that were used; empty for a metric without.</summary>
    public required ImmutableArray<MeasurementWeights> Weights { get; init; }

    /// <summary>SHA-256 of the reconstruction's PNG that was measured, 64 hexadecimal digits.</summary>
    public required string ReconstructionSha256 { get; init; }

    /// <summary>Version of the product that wrote it.</summary>
    public required string ProductVersion { get; init; }
}
