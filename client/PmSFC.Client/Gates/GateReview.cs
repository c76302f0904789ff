using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Results;

namespace PmSFC.Client.Gates;

/// <summary>
/// Every gate on every row that two sweeps have in common. A gate fails only where a regression is established: where the interval of the
/// mean difference excludes it. The intervals are simultaneous (Bonferroni): each has the level 1 − 0.05/m for m decisions, so that all of
/// them together raise a false alarm in at most 2.5 % of reviews of sweeps that keep every gate, however many rows and gates there are.
/// </summary>
public sealed class GateReview
{
    /// <summary>Judges a comparison.</summary>
    /// <param name="comparison">The two sweeps.</param>
    /// <param name="gates">The gates, one or more; the same one twice counts once.</param>
    /// <exception cref="BadInputException">A gate cannot be decided on some row, so that it would pass without saying anything.</exception>
    public GateReview(SweepComparison comparison, IEnumerable<Gate> gates)
    {
        Comparison = comparison;
        Verdicts = Judge([
            .. from gate in gates.Distinct()
            from label in comparison.Labels
            select (
                gate,
                comparison.Rows.FirstOrDefault(row => row.Label == label && row.Metric.Name == gate.Metric.Name)
                    ?? throw new BadInputException(NotMeasured(comparison, gate))
            ),
        ]);
        Level = LevelOf(Verdicts.Length);
    }

    /// <summary>The two sweeps.</summary>
    public SweepComparison Comparison { get; }

    /// <summary>The level of each interval.</summary>
    public double Level { get; }

    /// <summary>Gate by gate, rows in A's order.</summary>
    public ImmutableArray<GateVerdict> Verdicts { get; }

    /// <summary>Whether no gate failed.</summary>
    public bool Passed => Verdicts.All(verdict => !verdict.Failed);

    /// <summary>Decides gates on rows, with simultaneous intervals.</summary>
    /// <param name="decisions">Each gate with a row that it holds for.</param>
    /// <exception cref="BadInputException">One cannot be decided.</exception>
    public static ImmutableArray<GateVerdict> Judge(IReadOnlyCollection<(Gate Gate, MetricComparison Row)> decisions)
    {
        var level = LevelOf(decisions.Count);
        return
        [
            .. from decision in decisions
            select new GateVerdict(decision.Gate, decision.Row, Decidable(decision.Gate, decision.Row, level), level),
        ];
    }

    private static double LevelOf(int decisions) => 1 - (1 - Estimate.DefaultLevel) / Math.Max(1, decisions);

    private static Estimate Decidable(Gate gate, MetricComparison row, double level)
    {
        if (row.HasOtherWeights)
            throw new BadInputException(
                $"The gate '{gate.Text}' cannot be decided: {gate.Metric.Title} is measured with different weights; "
                    + "'sweep measure --again' measures both sweeps with the same."
            );
        return row.Difference(level) is { HalfWidth: not null } difference
            ? difference
            : throw new BadInputException(
                $"The gate '{gate.Text}' cannot be decided on the row '{row.Label}': an interval needs 2 images with a finite "
                    + $"difference, and {row.Pairs.Count(pair => double.IsFinite(pair.Difference))} of its {row.Pairs.Length} pairs have one."
            );
    }

    private static string NotMeasured(SweepComparison comparison, Gate gate)
    {
        var where =
            comparison.OnlyMeasuredInA.Contains(gate.Metric) ? "is not measured in B"
            : comparison.OnlyMeasuredInB.Contains(gate.Metric) ? "is not measured in A"
            : "is measured in neither sweep";
        return $"The gate '{gate.Text}' cannot be decided: {gate.Metric.Title} {where}; "
            + "measure it with 'sweep measure', or leave the gate out.";
    }
}
