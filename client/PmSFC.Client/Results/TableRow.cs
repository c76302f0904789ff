using System.Collections.Immutable;

namespace PmSFC.Client.Results;

/// <summary>One cell of the sweep over its images.</summary>
public sealed record TableRow
{
    /// <summary>The cell's label.</summary>
    public required string Label { get; init; }

    /// <summary>Name of its inversion method.</summary>
    public required string Method { get; init; }

    /// <summary>Where its numbers come from: one of <see cref="RowSource"/>.</summary>
    public required string Source { get; init; }

    /// <summary>Jobs with a result.</summary>
    public required int Done { get; init; }

    /// <summary>Jobs that failed for good.</summary>
    public required int Failed { get; init; }

    /// <summary>Jobs without a result that did not fail.</summary>
    public required int Missing { get; init; }

    /// <summary>Each metric over the jobs that have it.</summary>
    public required ImmutableSortedDictionary<string, Estimate> Metrics { get; init; }

    /// <summary>Mean device seconds of a job, or null where none is done.</summary>
    public required double? DeviceSeconds { get; init; }
}
