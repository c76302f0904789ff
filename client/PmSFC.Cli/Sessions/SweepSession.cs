using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Client.Progress;
using PmSFC.Client.Results;

namespace PmSFC.Cli.Sessions;

/// <summary>Runs a plan to its end and shows its progress.</summary>
internal sealed class SweepSession(Invocation invocation, ClusterSession cluster)
{
    private readonly CancellationToken _cancellationToken = invocation.CancellationToken;
    private bool _isMended = true;

    /// <summary>Starts or resumes the sweep and shows it until it is finished or interrupted.</summary>
    /// <returns>The results, or null where it was interrupted; the user has then been told how to continue.</returns>
    public async Task<SweepTable?> RunAsync(SweepPlan plan)
    {
        _isMended = await ResultMending.MendAsync(invocation, cluster.Store, plan);
        return await FollowAsync(plan, async progress =>
        {
            using var run = await cluster.Sweeps.StartAsync(plan, _cancellationToken);
            await CreateView().FollowAsync(progress, SweepNews.ReadAsync(progress, run.WatchAsync(_cancellationToken)));
        });
    }

    /// <summary>Shows a sweep that the cluster has started, as <see cref="RunAsync"/> does.</summary>
    public Task<SweepTable?> WatchAsync(SweepPlan plan) =>
        FollowAsync(plan, progress =>
            progress.Stored == progress.Jobs
                ? Task.CompletedTask
                : CreateView()
                    .FollowAsync(
                        progress,
                        SweepNews.ReadAsync(progress, cluster.Sweeps.WatchAsync(plan.Id, cancellationToken: _cancellationToken))
                    )
        );

    /// <summary>Says what a sweep is and how much of it is stored.</summary>
    public static void Announce(Invocation invocation, SweepPlan plan, SweepProgress progress)
    {
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "plan",
                    Sweep = plan.Id,
                    plan.Name,
                    Cells = plan.Cells.Select(cell => cell.Label),
                    Images = plan.Images.Length,
                    progress.Jobs,
                    progress.Stored,
                }
            );
            return;
        }

        var stored =
            progress.Stored == progress.Jobs ? "all stored before: nothing is made again"
            : progress.Stored > 0 ? $"{progress.Stored} stored before and not made again"
            : "none stored yet";
        invocation.Say(
            $"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}': {Amounts.Count(plan.Cells.Length, "row")} × {Amounts.Count(plan.Images.Length, "image")}, "
                + $"{Amounts.Count(progress.Jobs, "job")}, {stored}."
        );
    }

    /// <summary>Shows the results and writes the report, where the sweep was not interrupted.</summary>
    /// <param name="table">What <see cref="RunAsync"/> or <see cref="WatchAsync"/> returned.</param>
    /// <param name="folder">The report's folder.</param>
    /// <returns>The exit code that the sweep deserves.</returns>
    public async Task<int> ReportAsync(SweepTable? table, string folder)
    {
        if (table is not null)
            await new ResultPrinter(invocation, cluster.Store).TellAsync(table, folder);
        return ExitCodeOf(table);
    }

    /// <summary>The exit code that the sweep of this session deserves: not that of success where a fault of the store is left.</summary>
    public int ExitCodeOf(SweepTable? table) =>
        table switch
        {
            null => ExitCode.Interrupted,
            { } finished when _isMended && finished.Jobs.All(job => job.Result is not null) => ExitCode.Done,
            _ => ExitCode.Failed,
        };

    private async Task<SweepTable?> FollowAsync(SweepPlan plan, Func<SweepProgress, Task> follow)
    {
        var before = await SweepTable.ReadAsync(cluster.Store, plan, MetricColumns.All, cancellationToken: _cancellationToken);
        var stored = before.Jobs.Where(job => job.Result is not null).Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        var progress = new SweepProgress(plan, stored, invocation.Host.Time);
        Announce(invocation, plan, progress);
        try
        {
            await follow(progress);
            var missing = progress.Plan.Jobs().Select(job => job.Spec.Id).Where(id => !stored.Contains(id)).Distinct();
            var statuses = await cluster.Sweeps.JobStatusesAsync(missing, _cancellationToken);
            return await SweepTable.ReadAsync(cluster.Store, plan, MetricColumns.All, statuses, _cancellationToken);
        }
        catch (OperationCanceledException) when (_cancellationToken.IsCancellationRequested)
        {
            await cluster.DisposeAsync();
            await TellInterruptionAsync(plan, progress.Jobs);
            return null;
        }
    }

    private async Task TellInterruptionAsync(SweepPlan plan, int jobs)
    {
        var table = await SweepTable.ReadAsync(cluster.Store, plan, MetricColumns.All, cancellationToken: CancellationToken.None);
        var done = table.Jobs.Where(job => job.Result is not null).Select(job => job.Id).Distinct().Count();
        var resume = Command("resume");
        if (cluster.OutlivesSession)
        {
            if (invocation.Json)
                invocation.Lines.Write(
                    new
                    {
                        Event = "detached",
                        Sweep = plan.Id,
                        Jobs = jobs,
                        Done = done,
                        Watch = Command("watch"),
                        Cancel = Command("cancel"),
                    }
                );
            invocation.Say($"Detached with {done} of {jobs} results stored; the cluster goes on. Come back with: {Command("watch")}");
            invocation.Say($"Stop it with: {Command("cancel")}");
            return;
        }

        if (invocation.Json)
            invocation.Lines.Write(
                new
                {
                    Event = "interrupted",
                    Sweep = plan.Id,
                    Jobs = jobs,
                    Done = done,
                    Resume = resume,
                }
            );
        invocation.Say($"Interrupted with {done} of {jobs} results stored and the rest at a checkpoint. Go on with: {resume}");

        string Command(string name) => invocation.Command("sweep", name, Amounts.ShortId(plan.Id));
    }

    private ISweepView CreateView() =>
        invocation switch
        {
            { Json: true } => new JsonView(invocation.Lines),
            { Host.IsTerminal: true } => new LiveView(invocation.Console, invocation.Host.Time),
            _ => new PlainView(invocation.Host.Output, invocation.Host.Time),
        };
}
