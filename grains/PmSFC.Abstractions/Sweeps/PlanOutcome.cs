using System.Collections.Immutable;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>A plan, or everything that is wrong with the spec.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.PlanOutcome")]
public sealed record PlanOutcome
{
    /// <summary>The plan, or null where there are issues.</summary>
    [Id(0)]
    public SweepPlan? Plan { get; init; }

    /// <summary>What is wrong; empty where there is a plan.</summary>
    [Id(1)]
    public ImmutableArray<SpecIssue> Issues { get; init; } = [];
}
