using System.Runtime.CompilerServices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Progress;

namespace PmSFC.Cli.Progress;

/// <summary>What a view shows of a sweep's events.</summary>
internal static class SweepNews
{
    /// <summary>
    /// Takes every event into what is known, and gives on those that say something new. A sweep that has moved to another silo tells of all its jobs and
    /// preparations once more; whoever counts ends by the lines of <c>--json</c> must not count them twice.
    /// </summary>
    /// <param name="progress">What is known.</param>
    /// <param name="events">The sweep's events.</param>
    /// <param name="cancellationToken">Ends the events.</param>
    public static async IAsyncEnumerable<SweepEvent> ReadAsync(
        SweepProgress progress,
        IAsyncEnumerable<SweepEvent> events,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var ends = new Dictionary<string, JobState>(StringComparer.Ordinal);
        await foreach (var change in events.WithCancellation(cancellationToken))
        {
            progress.Apply(change);
            if (!IsToldAgain(ends, change))
                yield return change;
        }
    }

    private static bool IsToldAgain(Dictionary<string, JobState> ends, SweepEvent change)
    {
        if ((change.Job?.Id ?? change.Preparation?.Id) is not { } id || (change.Job?.State ?? change.Preparation?.State) is not { } state)
            return false;
        if (!state.IsFinal())
        {
            // Whatever ends a second time, such as a failed job that was tried again, is told a second time.
            ends.Remove(id);
            return false;
        }

        var isKnown = ends.TryGetValue(id, out var before) && before == state;
        ends[id] = state;
        return isKnown;
    }
}
