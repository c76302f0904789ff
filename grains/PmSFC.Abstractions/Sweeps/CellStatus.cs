using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>How many jobs of one cell are in which state.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.CellStatus")]
public sealed record CellStatus
{
    /// <summary>The cell's label.</summary>
    [Id(0)]
    public required string Label { get; init; }

    /// <summary>Jobs by state; states without jobs are left out.</summary>
    [Id(1)]
    public required ImmutableSortedDictionary<JobState, int> Jobs { get; init; }
}
