using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace PmSFC.Abstractions.Jobs;

/// <summary>
/// The result of a job as stored in <c>jobs/{id}/result.json</c>, written last: where it exists, the reconstruction and the codes exist too.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.JobResult")]
public sealed record JobResult
{
    /// <summary>The job's id.</summary>
    [Id(0)]
    public required string JobId { get; init; }

    /// <summary>What the result is a function of.</summary>
    [Id(1)]
    public required JobSpec Spec { get; init; }

    /// <summary>Metrics by name (for example <c>psnr</c> in dB, <c>ssim</c>), computed from the stored 8-bit reconstruction; one that is undefined for it is missing.</summary>
    [Id(2)]
    public required ImmutableSortedDictionary<string, double> Metrics { get; init; }

    /// <summary>Loss over time: every recorded iteration with its loss.</summary>
    [Id(3)]
    public required ImmutableArray<LossPoint> Losses { get; init; }

    /// <summary>Iterations done.</summary>
    [Id(4)]
    public required int Iterations { get; init; }

    /// <summary>Seconds of optimization, this job's share of its batches, over all attempts whose checkpoints it went on from.</summary>
    [Id(5)]
    public required double DeviceSeconds { get; init; }

    /// <summary>The device of the last attempt, for people.</summary>
    [Id(6)]
    public required string Device { get; init; }

    /// <summary>SHA-256 of the reconstruction's PNG, 64 hexadecimal digits.</summary>
    [Id(7)]
    public required string ReconstructionSha256 { get; init; }

    /// <summary>Version of the product that wrote it.</summary>
    [Id(8)]
    public required string ProductVersion { get; init; }

    /// <summary>How the search diverged and went on with a smaller step size, or null where it did not.</summary>
    [Id(9)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JobDivergence? Divergence { get; init; }

    /// <summary>
    /// Images in the graph in which the search ended, repeated ones included, or null in results of earlier versions. Among the same number a job always has
    /// the same result; another number may round otherwise.
    /// </summary>
    [Id(10)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BatchWidth { get; init; }
}
