using PmSFC.Client.Results;

namespace PmSFC.Client.Evaluations;

/// <summary>The number that stands for an evaluation in a list: the first row's mean of one metric.</summary>
/// <param name="Label">The row's label.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Mean">The mean over images, in the metric's unit.</param>
/// <param name="HalfWidth">Half its 95 % interval, or null where there are fewer than two images.</param>
public sealed record EvaluationHeadline(string Label, string Metric, double Mean, double? HalfWidth)
{
    /// <summary>The headline of a table, or null where it has no number.</summary>
    /// <param name="table">The results.</param>
    /// <param name="metric">The metric that is asked for first; null for the first column.</param>
    public static EvaluationHeadline? Of(SweepTable table, string? metric)
    {
        var name = metric ?? table.Metrics.FirstOrDefault()?.Name;
        return name is not null && table.Rows[0].Metrics.TryGetValue(name, out var mean)
            ? new EvaluationHeadline(table.Rows[0].Label, name, mean.Mean, mean.HalfWidth)
            : null;
    }
}
