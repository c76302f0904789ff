using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Progress;
using PmSFC.Wording;

namespace PmSFC.Cli.Progress;

/// <summary>
/// Lines for a file or a pipe: every change of state, and how far it is. That comes every few seconds at first and every minute later on, with the rows that
/// are worked on: a night's log is read in the morning.
/// </summary>
internal sealed class PlainView(TextWriter output, TimeProvider time) : ISweepView
{
    private const int MostRows = 4;
    private const double ShareOfElapsed = 0.05;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5),
        LongestPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (JobState State, JobFailure? Failure)> _states = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task FollowAsync(SweepProgress progress, IAsyncEnumerable<SweepEvent> events)
    {
        var shown = time.GetTimestamp();
        HashSet<string> reasons = [];
        var stopped = "";
        await foreach (var change in events)
        {
            if (change.Preparation is { } made && Changed(made.Id, made.State, made.Failure))
                Say(progress, $"{made.KindName} {Amounts.ShortId(made.Id)}: {Sentence(made.State, made.WaitingFor, made.Failure)}");

            if (change.Job is { } job && Changed(job.Id, job.State, job.Failure) && IsNews(job) && !progress.WasStored(job.Id))
            {
                foreach (var planned in progress.PlannedFor(job.Id))
                    Say(progress, $"{planned.Cell.Label} {planned.Image.Name}: {Sentence(job.State, job.WaitingFor, job.Failure)}");
            }

            if (change.Reason is { } told && told != stopped)
                Say(progress, stopped = told);

            // How many wait changes all the time; the reason is what is news.
            var waiting = progress.Waiting;
            foreach (var reason in waiting.Where(entry => !reasons.Contains(entry.Reason)))
                Say(progress, $"{Amounts.Who(reason)}: {reason.Reason}");
            reasons = [.. waiting.Select(entry => entry.Reason)];

            if (time.GetElapsedTime(shown) < PauseAfter(progress.Elapsed))
                continue;
            shown = time.GetTimestamp();
            Say(progress, Summary(progress));
        }
    }

    private static TimeSpan PauseAfter(TimeSpan elapsed) =>
        TimeSpan.FromSeconds(Math.Clamp(ShareOfElapsed * elapsed.TotalSeconds, ShortestPause.TotalSeconds, LongestPause.TotalSeconds));

    private static string Summary(SweepProgress progress)
    {
        var rows = progress.Cells.Where(cell => cell.Running > 0).ToList();
        IEnumerable<string> parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{progress.Done}/{progress.Jobs} jobs ({100 * progress.Share:0}%)"),
            .. progress
                .Preparations.Where(d => d.Progress is not null)
                .Select(d =>
                    $"{Amounts.Doing(d.KindName)} {d.Progress!.Iteration}/{d.Progress.Iterations} {Amounts.Rate(d.Progress.IterationsPerSecond)}".TrimEnd()
                ),
            .. rows.Take(MostRows)
                .Select(cell => $"{cell.Label} {cell.Done}/{cell.Jobs} {Amounts.Rate(cell.IterationsPerSecond)}".TrimEnd()),
        ];
        if (rows.Count > MostRows)
            parts = parts.Append($"{Amounts.Count(rows.Count - MostRows, "other row")} at work");
        if (progress.Remaining is { } left)
            parts = parts.Append($"{Amounts.Duration(left)} left");
        return string.Join(" · ", parts);
    }

    // A batch of jobs starts at once and the summary tells how many run: a start is news only after a failure.
    private static bool IsNews(JobStatus job) => job.State.IsFinal() || job.State == JobState.Lost || job.Failure is not null;

    private static string Sentence(JobState state, string? waitingFor, JobFailure? failure) =>
        state switch
        {
            JobState.Running => failure is null ? "started" : $"tried again after: {failure.Message}",
            JobState.Succeeded => "done",
            JobState.Failed => $"failed ({failure?.Name}): {failure?.Message}",
            JobState.Lost => "lost its worker; goes on from its last checkpoint",
            JobState.Cancelled => "cancelled",
            _ => waitingFor ?? "waits",
        };

    private bool Changed(string id, JobState state, JobFailure? failure)
    {
        if (_states.TryGetValue(id, out var known) && known == (state, failure))
            return false;
        _states[id] = (state, failure);
        return true;
    }

    private void Say(SweepProgress progress, string text) => output.WriteLine($"[{progress.Elapsed:hh\\:mm\\:ss}] {ShownText.Line(text)}");
}
