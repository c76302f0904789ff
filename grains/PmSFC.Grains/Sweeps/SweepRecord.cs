using System.Text.Json.Serialization;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Sweeps;

/// <summary>What a sweep stores in addition to its plan; everything else follows from the plan, the results and the jobs.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SweepRecord")]
internal sealed record SweepRecord
{
    /// <summary>What it is doing.</summary>
    [Id(0)] public SweepPhase Phase { get; init; }

    /// <summary>How often it was started.</summary>
    [Id(1)] public int Round { get; init; }

    /// <summary>W3C <c>traceparent</c> of the span that started it last, or null.</summary>
    [Id(2)] public string? TraceParent { get; init; }

    /// <summary>How many jobs may fail before it stops, as the latest start said, or null for any number.</summary>
    [Id(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureBudget? FailureBudget { get; init; }

    /// <summary>Why it stopped or is paused, one sentence, or null.</summary>
    [Id(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>The priority that it was given after its start, or null for its plan's.</summary>
    [Id(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Priority { get; init; }
}
