using System.Collections.Immutable;
using System.Text;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Reports;
using PmSFC.Client.Results;
using PmSFC.Storage;

namespace PmSFC.Client.Evaluations;

/// <summary>The files of an evaluation's report: those of its sweep with the comparison in the page, <c>comparison.csv</c> and <c>gates.xml</c>.</summary>
public static class EvaluationReport
{
    private const string ComparisonName = "comparison.csv",
        GatesName = "gates.xml";

    /// <summary>The files' names; the last two are there where something was compared, and where there were gates.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ReportFiles.Names, ComparisonName, GatesName];

    /// <summary>Makes the files.</summary>
    /// <param name="store">Where images and results are.</param>
    /// <param name="table">The results.</param>
    /// <param name="generatorName">The generator's name.</param>
    /// <param name="comparison">The comparison with the earlier evaluation, or null.</param>
    /// <param name="review">The verdicts of the gates, or null.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task<ImmutableArray<ReportDocument>> RenderAsync(
        IArtifactStore store,
        SweepTable table,
        string generatorName,
        SweepComparison? comparison,
        GateReview? review,
        TimeProvider time,
        CancellationToken cancellationToken = default
    )
    {
        var options = new ReportOptions
        {
            GeneratorName = generatorName,
            Comparison = comparison,
            Review = review,
        };
        var files = await new SweepReport(store, time).RenderAsync(table, options, cancellationToken);
        if (comparison is not null)
            files = files.Add(new ReportDocument(ComparisonName, Encoding.UTF8.GetBytes(comparison.ToCsv())));
        return review is null ? files : files.Add(new ReportDocument(GatesName, JUnitReport.Write(review, time.GetUtcNow())));
    }
}
