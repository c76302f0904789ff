using System.Collections.Immutable;

namespace PmSFC.Client.Results;

/// <summary>Numbers that somebody published, to be read next to measured ones and never to be compared with them image by image.</summary>
public sealed record QuotedTable
{
    /// <summary>The task that it is about.</summary>
    public required string Task { get; init; }

    /// <summary>Where it stands, and what a reader has to know.</summary>
    public required string Caption { get; init; }

    /// <summary>Its columns.</summary>
    public required ImmutableArray<MetricDisplay> Metrics { get; init; }

    /// <summary>A row for each method and data set.</summary>
    public required ImmutableArray<QuotedRow> Rows { get; init; }
}
