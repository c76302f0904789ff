using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Progress;

namespace PmSFC.Cli.Progress;

/// <summary>Shows a sweep while it runs.</summary>
internal interface ISweepView
{
    /// <summary>Shows the sweep until its events end.</summary>
    /// <param name="progress">What is known; each event is in it when it comes out of <paramref name="events"/>.</param>
    /// <param name="events">The events; their end or cancellation ends the view.</param>
    Task FollowAsync(SweepProgress progress, IAsyncEnumerable<SweepEvent> events);
}
