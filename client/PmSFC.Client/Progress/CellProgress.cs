namespace PmSFC.Client.Progress;

/// <summary>How far one row of a sweep's table is.</summary>
/// <param name="Label">The row's name.</param>
/// <param name="Jobs">Jobs in all.</param>
/// <param name="Done">Jobs whose results are stored.</param>
/// <param name="Stored">Of these, the ones that were stored before this run began.</param>
/// <param name="Failed">Jobs that failed for good or were cancelled.</param>
/// <param name="Running">Jobs that a device works on.</param>
/// <param name="Share">Share of the iterations that are done, 0 to 1.</param>
/// <param name="IterationsPerSecond">Iterations a second, summed over the images that run at once.</param>
/// <param name="Remaining">Time until the row is done if it alone were worked on at the present speed, or null where none is known.</param>
public sealed record CellProgress(
    string Label,
    int Jobs,
    int Done,
    int Stored,
    int Failed,
    int Running,
    double Share,
    double IterationsPerSecond,
    TimeSpan? Remaining
)
{
    /// <summary>Whether nothing of it is left to do.</summary>
    public bool IsFinished => Done + Failed == Jobs;
}
