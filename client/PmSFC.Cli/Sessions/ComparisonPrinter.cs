using System.Globalization;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Results;
using Spectre.Console;

namespace PmSFC.Cli.Sessions;

/// <summary>Shows how two sweeps differ, and the verdicts of gates.</summary>
internal sealed class ComparisonPrinter(Invocation invocation)
{
    private const int ShownRegressions = 3;

    /// <summary>Shows them.</summary>
    public void Tell(SweepComparison comparison, GateReview? review)
    {
        if (invocation.Json)
            WriteLines(comparison, review);
        else
            TellPeople(comparison, review);
    }

    private void TellPeople(SweepComparison comparison, GateReview? review)
    {
        invocation.Say($"A: {Described(comparison.A)}");
        invocation.Say($"B: {Described(comparison.B)}");
        var shown = new Table().Border(TableBorder.Rounded).AddColumns("row", "metric");
        foreach (var column in (string[])["A", "B", "B − A", "pairs"])
            shown.AddColumn(new TableColumn(column).RightAligned());
        shown.AddColumns("B is", "largest regressions");
        foreach (var row in comparison.Rows.Where(row => row.Pairs.Length > 0))
            shown.AddRow(
                (
                    (string[])
                        [
                            row.Label,
                            row.Metric.Heading,
                            Mean(row.Metric, row.A),
                            Mean(row.Metric, row.B),
                            row.Metric.FormatDifference(row.Difference()),
                            row.Pairs.Length.ToString(CultureInfo.InvariantCulture),
                            row.Direction switch
                            {
                                > 0 => "better",
                                < 0 => "worse",
                                0 => "–",
                            },
                            string.Join(", ", row.Regressions(ShownRegressions).Select(pair => Regression(row.Metric, pair))),
                        ]
                ).Select(cell => Cell.Of(cell))
            );
        invocation.Console.Write(shown);
        invocation.Say(
            "Means over the images that both have; ± is half the 95 % confidence interval of the mean difference. "
                + "'better' and 'worse': that interval excludes 0."
        );
        foreach (var note in comparison.Notes)
            invocation.Say(note);
        if (review is null)
            return;
        foreach (var verdict in review.Verdicts)
            invocation.Say($"{(verdict.Failed ? "FAILED" : "passed")}: {verdict.Gate.Text}: {verdict.Sentence}.");
        invocation.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{review.Verdicts.Count(verdict => verdict.Failed)} of {Amounts.Count(review.Verdicts.Length, "gate")} failed; "
                    + $"each interval has the level {100 * review.Level:0.###} %, 95 % for all together."
            )
        );
    }

    private void WriteLines(SweepComparison comparison, GateReview? review)
    {
        var (a, b) = (comparison.A.Plan.Id, comparison.B.Plan.Id);
        foreach (var row in comparison.Rows)
        {
            var difference = row.Difference();
            invocation.Lines.Write(
                new
                {
                    Event = "difference",
                    A = a,
                    B = b,
                    row.Label,
                    Metric = row.Metric.Name,
                    row.Metric.HigherIsBetter,
                    MeanOfA = Known(row.A),
                    MeanOfB = Known(row.B),
                    Mean = Known(difference),
                    difference?.Low,
                    difference?.High,
                    Pairs = row.Pairs.Length,
                    Infinite = difference?.Infinite ?? 0,
                    Direction = row.Direction switch
                    {
                        > 0 => "better",
                        < 0 => "worse",
                        0 => null,
                    },
                    Regressions = row.Regressions(ShownRegressions)
                        .Select(pair => new
                        {
                            Image = pair.Image.Name,
                            ImageId = pair.Image.Id,
                            pair.A,
                            pair.B,
                            pair.Difference,
                        }),
                }
            );
        }

        foreach (var note in comparison.Notes)
            invocation.Note(note);
        if (review is null)
            return;
        invocation.Lines.Write(
            new
            {
                Event = "verdict",
                A = a,
                B = b,
                review.Passed,
                review.Level,
                Gates = review.Verdicts.Select(verdict => new
                {
                    Gate = verdict.Gate.Text,
                    verdict.Row.Label,
                    Metric = verdict.Gate.Metric.Name,
                    verdict.Gate.Bound,
                    verdict.Failed,
                    verdict.Difference.Mean,
                    verdict.Difference.Low,
                    verdict.Difference.High,
                    verdict.Difference.Infinite,
                    Pairs = verdict.Row.Pairs.Length,
                }),
                Unpaired = comparison.OnlyInA.Concat(comparison.OnlyInB),
            }
        );
    }

    private static string Described(SweepTable table) =>
        $"sweep {Amounts.ShortId(table.Plan.Id)} '{table.Plan.Name}' on generator {Amounts.ShortId(table.Plan.GeneratorId)}, "
        + $"{Amounts.Count(table.Plan.Images.Length, "image")}.";

    private static string Regression(MetricDisplay metric, ImagePair pair) =>
        $"{pair.Image.Name} {metric.FormatDifference(new Estimate(pair.Difference, null, 1))}";

    private static string Mean(MetricDisplay metric, Estimate? estimate) => estimate is { } known ? metric.Format(known.Mean) : "–";

    private static double? Known(Estimate? estimate) => estimate is { } known && !double.IsNaN(known.Mean) ? known.Mean : null;
}
