using System.Collections.Immutable;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports;

/// <summary>Everything that a report's page is made of.</summary>
internal sealed record ReportContent
{
    /// <summary>The results.</summary>
    public required SweepTable Table { get; init; }

    /// <summary>What was to be done.</summary>
    public SweepPlan Plan => Table.Plan;

    /// <summary>Targets and reconstructions.</summary>
    public required PictureGrid Grid { get; init; }

    /// <summary>The subspace sets that rows use.</summary>
    public required ImmutableArray<DiscoverySummary> Discoveries { get; init; }

    /// <summary>The networks that rows use.</summary>
    public required ImmutableArray<NetworkSummary> Networks { get; init; }

    /// <summary>When the sweep was started or resumed.</summary>
    public required ImmutableArray<DateTimeOffset> Submissions { get; init; }

    /// <summary>What to show.</summary>
    public required ReportOptions Options { get; init; }

    /// <summary>When the report is written.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>The number in the palette of a row's colour.</summary>
    public int ColourOf(string label) => Plan.Cells.Index().First(cell => cell.Item.Label == label).Index % LineChart.Colours;

    /// <summary>The patch of a row's colour, as HTML.</summary>
    public string KeyOf(string label) => $"<span class=\"key c{Html.Number(ColourOf(label))}\"></span>";
}
