using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>Where a sweep stands.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SweepStatus")]
public sealed record SweepStatus
{
    /// <summary>The sweep's id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Name for people.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Whether every job is in a final state.</summary>
    [Id(2)]
    public required bool Finished { get; init; }

    /// <summary>Counts by cell, in the plan's order.</summary>
    [Id(3)]
    public required ImmutableArray<CellStatus> Cells { get; init; }

    /// <summary>Jobs that run now.</summary>
    [Id(4)]
    public required ImmutableArray<JobStatus> Running { get; init; }

    /// <summary>Subspace sets and networks that are not stored yet.</summary>
    [Id(5)]
    public required ImmutableArray<PreparationStatus> Preparations { get; init; }

    /// <summary>Why jobs wait, a sentence a reason, with how many it holds back.</summary>
    [Id(6)]
    public required ImmutableSortedDictionary<string, int> Waiting { get; init; }

    /// <summary>Final failures by name.</summary>
    [Id(7)]
    public required ImmutableSortedDictionary<FailureName, int> Failures { get; init; }

    /// <summary>Sequence number of the latest event.</summary>
    [Id(8)]
    public required long Sequence { get; init; }

    /// <summary>What it is doing.</summary>
    [Id(9)]
    public SweepState State { get; init; }

    /// <summary>Why it stopped or is paused, one sentence, or null where it runs or has finished.</summary>
    [Id(10)]
    public string? Reason { get; init; }

    /// <summary>What failed jobs say, name and sentence, with how many say it: the most frequent ones.</summary>
    [Id(11)]
    public ImmutableSortedDictionary<string, int> Problems { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Higher runs first.</summary>
    [Id(12)]
    public int Priority { get; init; }

    /// <summary>Since when some job has waited for each reason of <see cref="Waiting"/> without a break, as far as the sweep's silo knows; empty from a silo of a version that does not tell.</summary>
    [Id(13)]
    public ImmutableSortedDictionary<string, DateTimeOffset> WaitingSince { get; init; } =
        ImmutableSortedDictionary<string, DateTimeOffset>.Empty;
}
