using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Client.Results;

namespace PmSFC.Client.Comparisons;

/// <summary>
/// Two sweeps row by row and image by image: rows are paired by their labels, images by their prepared pixels. Differences are B − A.
/// </summary>
public sealed class SweepComparison
{
    /// <summary>Compares two tables.</summary>
    /// <param name="a">The sweep that is subtracted.</param>
    /// <param name="b">The sweep that is judged.</param>
    /// <param name="known">How metrics are shown, in the order of columns.</param>
    /// <exception cref="BadInputException">They have no row or no image in common.</exception>
    public SweepComparison(SweepTable a, SweepTable b, IReadOnlyList<MetricDisplay> known)
    {
        (A, B) = (a, b);
        var (rowsOfA, rowsOfB) = (a.Plan.Cells.Select(cell => cell.Label).ToList(), b.Plan.Cells.Select(cell => cell.Label).ToList());
        Labels = [.. rowsOfA.Intersect(rowsOfB, StringComparer.Ordinal)];
        OnlyInA = [.. rowsOfA.Except(rowsOfB, StringComparer.Ordinal)];
        OnlyInB = [.. rowsOfB.Except(rowsOfA, StringComparer.Ordinal)];
        if (Labels.IsEmpty)
            throw new BadInputException(
                $"The sweeps have no row of the same label, so nothing can be compared: A has {string.Join(", ", OnlyInA)}, "
                    + $"B has {string.Join(", ", OnlyInB)}. Give the rows the same 'label' in both files."
            );
        if (!a.Plan.Images.Select(image => image.Id).Intersect(b.Plan.Images.Select(image => image.Id), StringComparer.Ordinal).Any())
            throw new BadInputException(
                "The sweeps have no image in common, so nothing can be compared; images are the same "
                    + "where their pixels at the generator's resolution are."
            );
        var metrics = MetricDisplay.Of(a.Metrics.Concat(b.Metrics).Select(metric => metric.Name), known);
        Metrics = [.. metrics.Where(metric => Has(a, metric) && Has(b, metric))];
        OnlyMeasuredInA = [.. metrics.Where(metric => !Has(b, metric))];
        OnlyMeasuredInB = [.. metrics.Where(metric => !Has(a, metric))];
        Rows =
        [
            .. from label in Labels
            let jobs = (OfA: JobsOf(a, label), OfB: JobsOf(b, label))
            from metric in Metrics
            select Compare(label, metric, jobs.OfA, jobs.OfB),
        ];
        Notes = [.. ComparisonNotes.Of(this)];
    }

    /// <summary>The sweep that is subtracted.</summary>
    public SweepTable A { get; }

    /// <summary>The sweep that is judged.</summary>
    public SweepTable B { get; }

    /// <summary>Labels of the rows that both have, in A's order.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Labels of the rows that A alone has.</summary>
    public ImmutableArray<string> OnlyInA { get; }

    /// <summary>Labels of the rows that B alone has.</summary>
    public ImmutableArray<string> OnlyInB { get; }

    /// <summary>The metrics that both have numbers of, in the order of columns.</summary>
    public ImmutableArray<MetricDisplay> Metrics { get; }

    /// <summary>The metrics that A alone has numbers of.</summary>
    public ImmutableArray<MetricDisplay> OnlyMeasuredInA { get; }

    /// <summary>The metrics that B alone has numbers of.</summary>
    public ImmutableArray<MetricDisplay> OnlyMeasuredInB { get; }

    /// <summary>Each common row with each common metric; one without a pair is among them.</summary>
    public ImmutableArray<MetricComparison> Rows { get; }

    /// <summary>What a reader has to know: what has no partner, and what cannot be compared; a sentence each.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>A line for each row and metric with the mean of the differences, and one for each image; numbers in full.</summary>
    public string ToCsv() => ComparisonCsv.Of(this);

    /// <summary>The jobs of a row that have a result, by the image.</summary>
    internal static Dictionary<string, TableJob> JobsOf(SweepTable table, string label) =>
        table
            .Jobs.Where(job => job.Job.Cell.Label == label && job.Result is not null)
            .DistinctBy(job => job.Job.Image.Id)
            .ToDictionary(job => job.Job.Image.Id, StringComparer.Ordinal);

    private static bool Has(SweepTable table, MetricDisplay metric) => table.Metrics.Any(other => other.Name == metric.Name);

    private MetricComparison Compare(string label, MetricDisplay metric, Dictionary<string, TableJob> a, Dictionary<string, TableJob> b)
    {
        var pairs = ImmutableArray.CreateBuilder<ImagePair>();
        var weights = new HashSet<string>(StringComparer.Ordinal);
        foreach (var image in A.Plan.Images)
        {
            if (
                !a.TryGetValue(image.Id, out var ofA)
                || !b.TryGetValue(image.Id, out var ofB)
                || !ofA.Metrics.TryGetValue(metric.Name, out var valueOfA)
                || !ofB.Metrics.TryGetValue(metric.Name, out var valueOfB)
            )
                continue;
            pairs.Add(new ImagePair(ofB.Job.Image, valueOfA, valueOfB));
            weights.Add(WeightsOf(ofA, metric));
            weights.Add(WeightsOf(ofB, metric));
        }

        return new MetricComparison(label, metric, pairs.ToImmutable()) { HasOtherWeights = weights.Count > 1 };
    }

    private static string WeightsOf(TableJob job, MetricDisplay metric) =>
        string.Join(
            ' ',
            from measurement in job.Measurements
            where measurement.Metric == metric.Name
            from file in measurement.Weights
            select file.Sha256
        );
}
