using System.Runtime.CompilerServices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Progress;

namespace PmSFC.Cli.Progress;

/// <summary>What a view shows of a sweep's events.</summary>
internal static class SweepNews
{
    /// <summary>
    /// Takes events into what is known, and gives on those that say something new. A sweep that has moved to another silo tells of all its jobs and
    /// preparations once more, at first that it has not looked at them yet; a program that counts ends by the lines of <c>--json</c> must not count them twice.
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
            if (
                change is { Job: { } job } && IsToldAgain(ends, job.Id, job.State, job.WaitingFor)
                || change is { Preparation: { } preparation }
                    && IsToldAgain(ends, preparation.Id, preparation.State, preparation.WaitingFor)
            )
                continue;
            progress.Apply(change);
            yield return change;
        }
    }

    private static bool IsToldAgain(Dictionary<string, JobState> ends, string id, JobState state, string? waitingFor)
    {
        var hasEnded = ends.TryGetValue(id, out var end);
        if (state.IsFinal())
        {
            ends[id] = state;
            return hasEnded && end == state;
        }

        // Who has not looked knows nothing; and what is stored is made again only where somebody has removed it, and then it runs.
        if (hasEnded && (waitingFor == WaitingTurn.NotLookedAt || (end == JobState.Succeeded && state != JobState.Running)))
            return true;

        // What ends a second time, such as a failed job that was tried again, is told a second time.
        ends.Remove(id);
        return false;
    }
}
