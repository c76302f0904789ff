using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Cli.Sessions;
using Spectre.Console;

namespace PmSFC.Cli.Progress;

/// <summary>Shows a discovery that no sweep asked for.</summary>
internal sealed class DiscoveryView(Invocation invocation, string kind)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long? _shown;
    private JobState? _state;

    /// <summary>Shows what the body reports until it ends.</summary>
    public async Task FollowAsync(Func<Action<PreparationStatus>, Task> body)
    {
        if (invocation.Json || !invocation.Host.IsTerminal)
            await body(Line);
        else
            await invocation
                .Console.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask(Amounts.Doing(kind));
                    await body(status => Update(task, status));
                    task.Value = task.MaxValue;
                });
    }

    private void Update(ProgressTask task, PreparationStatus status)
    {
        if (ReasonOf(status) is { } reason)
            task.Description = $"{Amounts.Doing(kind)}: {Markup.Escape(reason)}";
        if (status.Progress is not { HeldUpBy: null } progress)
            return;
        task.MaxValue = progress.Iterations;
        task.Value = progress.Iteration;
        task.Description = $"{Amounts.Doing(kind)}, {Amounts.Rate(progress.IterationsPerSecond)}, loss {progress.Loss:0.###}";
    }

    private void Line(PreparationStatus status)
    {
        var time = invocation.Host.Time;
        if (status.State == _state && _shown is { } last && time.GetElapsedTime(last) < Pause)
            return;
        (_shown, _state) = (time.GetTimestamp(), status.State);
        if (invocation.Json)
            invocation.Lines.Write(new { Event = "discovery", Discovery = status });
        else if (ReasonOf(status) is { } reason)
            invocation.Say($"waiting: {reason}");
        else if (status.Progress is { } progress)
            invocation.Say(
                $"{Amounts.Doing(kind)}: {progress.Iteration}/{progress.Iterations} {Amounts.Rate(progress.IterationsPerSecond)}"
            );
    }

    private static string? ReasonOf(PreparationStatus status) => status.WaitingFor ?? status.Progress?.HeldUpBy;
}
