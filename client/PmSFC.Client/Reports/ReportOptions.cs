using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports;

/// <summary>What a report shows.</summary>
public sealed record ReportOptions
{
    /// <summary>Most images in the picture grid, 1 or more; fewer are shown where they would make the file too large.</summary>
    public int MaximumImages { get; init; } = 24;

    /// <summary>Label of the cell that the others are compared with, or null for the first.</summary>
    public string? Reference { get; init; }

    /// <summary>Published numbers to show in a table of their own, or null for none.</summary>
    public QuotedTable? Quoted { get; init; }

    /// <summary>A comparison with an earlier sweep to show, in which the report's own sweep is B; or null for none.</summary>
    public SweepComparison? Comparison { get; init; }

    /// <summary>The verdicts of gates on that comparison, or null where there are none.</summary>
    public GateReview? Review { get; init; }

    /// <summary>The generator's name, or null to show its id.</summary>
    public string? GeneratorName { get; init; }
}
