using PmSFC.Client.Progress;

namespace PmSFC.Web.Api;

/// <summary>How far a sweep is.</summary>
/// <param name="Jobs">Different jobs in all; rows with equal settings share theirs.</param>
/// <param name="Done">Jobs whose results are stored.</param>
/// <param name="Failed">Jobs that failed for good or were cancelled.</param>
/// <param name="Running">Jobs that a device works on.</param>
/// <param name="Share">Share of the work that is done, 0 to 1, rows weighted by what their iterations cost.</param>
/// <param name="IterationsPerSecond">Iterations a second, summed over the images that run at once.</param>
/// <param name="SecondsLeft">Seconds to its end at the present speed, or null where none is known.</param>
/// <param name="Cells">The rows, in the plan's order.</param>
internal sealed record ProgressAnswer(
    int Jobs,
    int Done,
    int Failed,
    int Running,
    double Share,
    double IterationsPerSecond,
    double? SecondsLeft,
    IReadOnlyList<ProgressAnswer.Cell> Cells
)
{
    /// <summary>How far a row is.</summary>
    /// <param name="Label">The row's name.</param>
    /// <param name="Jobs">Jobs in all.</param>
    /// <param name="Done">As above.</param>
    /// <param name="Failed">As above.</param>
    /// <param name="Running">As above.</param>
    /// <param name="Share">Share of its iterations that are done, 0 to 1.</param>
    /// <param name="IterationsPerSecond">As above.</param>
    /// <param name="SecondsLeft">Seconds to its end if it alone were worked on at the present speed, or null where none is known.</param>
    internal sealed record Cell(
        string Label,
        int Jobs,
        int Done,
        int Failed,
        int Running,
        double Share,
        double IterationsPerSecond,
        double? SecondsLeft
    );

    /// <summary>What is known of a sweep.</summary>
    public static ProgressAnswer Of(SweepProgress progress) =>
        new(
            progress.Jobs,
            progress.Done,
            progress.Failed,
            progress.Running,
            progress.Share,
            progress.IterationsPerSecond,
            progress.Remaining?.TotalSeconds,
            [
                .. progress.Cells.Select(cell => new Cell(
                    cell.Label,
                    cell.Jobs,
                    cell.Done,
                    cell.Failed,
                    cell.Running,
                    cell.Share,
                    cell.IterationsPerSecond,
                    cell.Remaining?.TotalSeconds
                )),
            ]
        );
}
