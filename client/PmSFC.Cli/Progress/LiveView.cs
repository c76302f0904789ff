using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Output;
using PmSFC.Client.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PmSFC.Cli.Progress;

/// <summary>Bars that move, for a terminal.</summary>
internal sealed class LiveView(IAnsiConsole console, TimeProvider time) : ISweepView
{
    private const int BarWidth = 28;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    /// <inheritdoc/>
    public async Task FollowAsync(SweepProgress progress, IAsyncEnumerable<SweepEvent> events) =>
        await console
            .Live(Render(progress))
            .AutoClear(false)
            .StartAsync(async context =>
            {
                var shown = time.GetTimestamp();
                try
                {
                    await foreach (var _ in events)
                    {
                        if (time.GetElapsedTime(shown) < Pause)
                            continue;
                        context.UpdateTarget(Render(progress));
                        shown = time.GetTimestamp();
                    }
                }
                finally
                {
                    context.UpdateTarget(Render(progress));
                }
            });

    private static Rows Render(SweepProgress progress)
    {
        var grid = new Grid();
        for (var column = 0; column < 5; column++)
            grid.AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2));
        foreach (var preparation in progress.Preparations)
            grid.AddRow(PreparationRow(preparation));
        foreach (var cell in progress.Cells)
            grid.AddRow(CellRow(cell));
        return new Rows([grid, .. Notes(progress)]);
    }

    private static IRenderable[] PreparationRow(PreparationStatus preparation)
    {
        var share = preparation.Progress is { Iterations: > 0 } progress ? (double)progress.Iteration / progress.Iterations : 0;
        var remaining = preparation.Progress is { IterationsPerSecond: > 0 } p
            ? TimeSpan.FromSeconds((p.Iterations - p.Iteration) / p.IterationsPerSecond)
            : (TimeSpan?)null;
        return
        [
            new Markup($"[blue]{Amounts.Doing(preparation.KindName)}[/]"),
            Bar(share, "blue"),
            Cell.Of($"{share:P0}".Replace(" ", "", StringComparison.Ordinal)),
            Cell.Of(Amounts.Rate(preparation.Progress?.IterationsPerSecond ?? 0)),
            Cell.Of(
                preparation.State == JobState.Running && remaining is not null
                    ? $"{Amounts.Duration(remaining)} left"
                    : preparation.WaitingFor ?? ""
            ),
        ];
    }

    private static IRenderable[] CellRow(CellProgress cell) =>
        [
            Cell.Of(cell.Label),
            Bar(
                cell.Share,
                cell.Failed > 0 ? "red"
                    : cell.IsFinished ? "green"
                    : "yellow"
            ),
            new Markup($"{cell.Done}/{cell.Jobs} images{(cell.Failed > 0 ? $" [red]({cell.Failed} failed)[/]" : "")}"),
            Cell.Of(Amounts.Rate(cell.IterationsPerSecond)),
            Cell.Of(
                cell.IsFinished
                    ? cell.Stored == cell.Jobs
                        ? "stored before"
                        : "done"
                    : cell.Running > 0 && cell.Remaining is not null
                        ? $"{Amounts.Duration(cell.Remaining)} left"
                        : cell.Running > 0
                            ? "starting"
                            : "waiting"
            ),
        ];

    private static Markup Bar(double share, string colour)
    {
        var filled = (int)Math.Round(BarWidth * Math.Clamp(share, 0, 1));
        return new Markup($"[{colour}]{new string('━', filled)}[/][grey]{new string('─', BarWidth - filled)}[/]");
    }

    private static IEnumerable<IRenderable> Notes(SweepProgress progress)
    {
        foreach (var reason in progress.Waiting)
            yield return Cell.Of($"{Amounts.Who(reason)}: {reason.Reason}", new Style(Color.Grey));
        if (progress.Reason is { } stopped)
            yield return Cell.Of(stopped, new Style(Color.Red));
        var remaining =
            progress.Finished ? ", finished"
            : progress.Remaining is { } left ? $", {Amounts.Duration(left)} left"
            : "";
        var devices = progress.Devices.Count > 0 ? $" · {string.Join(", ", progress.Devices)}" : "";
        yield return Cell.Of($"{Amounts.Duration(progress.Elapsed)} gone{remaining}{devices}", new Style(Color.Grey));
    }
}
