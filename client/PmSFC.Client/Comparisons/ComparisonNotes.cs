using System.Globalization;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Comparisons;

/// <summary>Sentences below a comparison about what has no partner and what cannot be compared.</summary>
internal static class ComparisonNotes
{
    private const int ShownNames = 3;

    public static IEnumerable<string> Of(SweepComparison comparison)
    {
        var (a, b) = (comparison.A.Plan, comparison.B.Plan);
        if (!comparison.OnlyInA.IsEmpty)
            yield return $"Only A has the rows {Listed(comparison.OnlyInA)}; they are not compared.";
        if (!comparison.OnlyInB.IsEmpty)
            yield return $"Only B has the rows {Listed(comparison.OnlyInB)}; they are not compared.";
        if (ImagesWithout(a, b) is { Count: > 0 } onlyInA)
            yield return $"Only A has {Counted(onlyInA)}.";
        if (ImagesWithout(b, a) is { Count: > 0 } onlyInB)
            yield return $"Only B has {Counted(onlyInB)}.";
        if (a.Task != b.Task || !a.TaskSettings.SequenceEqual(b.TaskSettings))
            yield return $"The tasks differ: A's is {TaskOf(a)}, B's is {TaskOf(b)}.";
        foreach (var metric in comparison.OnlyMeasuredInA)
            yield return $"{metric.Title} is measured in A alone; 'sweep measure' adds it to B.";
        foreach (var metric in comparison.OnlyMeasuredInB)
            yield return $"{metric.Title} is measured in B alone; 'sweep measure' adds it to A.";
        foreach (var label in comparison.Labels)
        foreach (var note in OfRow(comparison, label))
            yield return note;
        foreach (var metric in comparison.Metrics.Where(metric => comparison.Rows.Any(row => row.Metric == metric && row.HasOtherWeights)))
            yield return $"{metric.Title} is measured with different weights, so its differences say nothing: "
                + "'sweep measure --again' measures both sweeps with the same.";
        if (comparison.Rows.Any(row => row.Pairs.Any(pair => double.IsInfinity(pair.A) || double.IsInfinity(pair.B))))
            yield return "A mean is that of the finite values. Two exact images (∞) differ by 0; "
                + "a difference that is infinite is left out of the mean and counted.";
    }

    private static IEnumerable<string> OfRow(SweepComparison comparison, string label)
    {
        SweepCell cellOfA = CellOf(comparison.A.Plan, label),
            cellOfB = CellOf(comparison.B.Plan, label);
        if (cellOfA.Method != cellOfB.Method)
            yield return $"{label}: A's method is {cellOfA.Method}, B's is {cellOfB.Method}.";
        var (a, b) = (SweepComparison.JobsOf(comparison.A, label), SweepComparison.JobsOf(comparison.B, label));
        var common = comparison.A.Plan.Images.IntersectBy(comparison.B.Plan.Images.Select(image => image.Id), image => image.Id).ToList();
        if (common.Where(image => !a.ContainsKey(image.Id)).Select(image => image.Name).ToList() is { Count: > 0 } withoutA)
            yield return $"{label}: no result in A for {Counted(withoutA)}.";
        if (common.Where(image => !b.ContainsKey(image.Id)).Select(image => image.Name).ToList() is { Count: > 0 } withoutB)
            yield return $"{label}: no result in B for {Counted(withoutB)}.";
        var both = common.Where(image => a.ContainsKey(image.Id) && b.ContainsKey(image.Id)).ToList();
        foreach (var row in comparison.Rows.Where(row => row.Label == label && row.Pairs.Length < both.Count))
        {
            var paired = row.Pairs.Select(pair => pair.Image.Id).ToHashSet(StringComparer.Ordinal);
            List<string> unpaired = [.. both.Where(image => !paired.Contains(image.Id)).Select(image => image.Name)];
            yield return $"{label}: no pair of numbers of {row.Metric.Title} for {Counted(unpaired)}.";
        }

        if (both.Count > 0 && both.All(image => a[image.Id].Id == b[image.Id].Id))
            yield return $"{label}: these are the same jobs in both sweeps; in one store they have the same results.";
    }

    private static SweepCell CellOf(SweepPlan plan, string label) => plan.Cells.First(cell => cell.Label == label);

    private static List<string> ImagesWithout(SweepPlan plan, SweepPlan other) =>
        [.. plan.Images.ExceptBy(other.Images.Select(image => image.Id), image => image.Id).Select(image => image.Name)];

    private static string TaskOf(SweepPlan plan) =>
        plan.TaskSettings.IsEmpty
            ? plan.Task
            : $"{plan.Task} ({string.Join(", ", plan.TaskSettings.Select(setting => $"{setting.Key} {setting.Value}"))})";

    private static string Counted(IReadOnlyList<string> names) =>
        string.Create(CultureInfo.InvariantCulture, $"{names.Count} {(names.Count == 1 ? "image" : "images")} ({Listed(names)})");

    private static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(ShownNames)) + (names.Count > ShownNames ? ", …" : "");
}
