using System.Collections.Immutable;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports;

/// <summary>Everything that a report's page is made of.</summary>
internal sealed record ReportContent
{
    public required SweepTable Table { get; init; }

    public required PictureGrid Grid { get; init; }

    public required ImmutableArray<DiscoverySummary> Discoveries { get; init; }

    public required ImmutableArray<NetworkSummary> Networks { get; init; }

    public required ImmutableArray<DateTimeOffset> Submissions { get; init; }

    public required ReportOptions Options { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }
}
