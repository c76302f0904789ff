using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Client.Results;
using PmSFC.Silo.Hosting;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>Tells how much of a sweep is done as the store alone says it.</summary>
internal sealed class StoredStatus(Invocation invocation, IArtifactStore store)
{
    private const int ShownFaults = 5;

    /// <summary>Tells it to people or programs.</summary>
    public async Task<int> TellAsync(SweepPlan plan)
    {
        var sweeps = new StoredSweeps(invocation, store);
        var statuses = await sweeps.StatusesAsync(plan);
        var table = await SweepTable.ReadAsync(store, plan, MetricColumns.All, statuses, invocation.CancellationToken);
        var reason = await sweeps.ReasonAsync(plan.Id);
        var isRunning = ArtifactStores.FolderOf(invocation.StoreLocation) is { } directory ? StoreGuard.IsHeld(directory) : (bool?)null;
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "status",
                    Sweep = plan.Id,
                    plan.Name,
                    StoreInUse = isRunning,
                    Reason = reason,
                    table.Conflicts,
                    Finished = table.Jobs.All(job => job.Result is not null || job.Failed),
                    Cells = table.Rows.Select(row => new
                    {
                        row.Label,
                        row.Done,
                        row.Failed,
                        row.Missing,
                    }),
                    Waiting = Problems(statuses),
                }
            );
            return ExitCode.Done;
        }

        invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}':");
        foreach (var row in table.Rows)
            invocation.Say(
                $"  {row.Label}: {row.Done}/{row.Done + row.Failed + row.Missing} done, {row.Failed} failed, {row.Missing} missing"
                    + $"{Checkpoints(table, row, statuses)}"
            );
        foreach (var failures in table.Jobs.Where(job => job.Failed).GroupBy(job => job.Problem, StringComparer.Ordinal))
            invocation.Say($"  {failures.Count()} × {failures.Key}");
        foreach (var (problem, jobs) in Problems(statuses))
            invocation.Say($"  {Amounts.Count(jobs, "job")}, not ended: {problem}");
        foreach (var job in table.Jobs.Where(job => job.Fault is not null).Take(ShownFaults))
            invocation.Say($"  {job.Job.Cell.Label} {job.Job.Image.Name}: {job.Problem}");
        foreach (var conflict in StoredConflicts.Describe(plan, table.Conflicts))
            invocation.Say($"  {conflict}");
        if (reason is not null)
            invocation.Say(reason);
        var resume = invocation.Command("sweep", "resume", Amounts.ShortId(plan.Id));
        invocation.Say(
            table.Rows.Sum(row => row.Missing + row.Failed) == 0 ? "Finished."
            : isRunning == true ? "A process is working on this store."
            : isRunning == false ? $"No process is working on it. Go on with: {resume}"
            : $"Go on with: {resume}"
        );
        return ExitCode.Done;
    }

    /// <summary>Why the last attempts at jobs that are tried again failed, with the number of jobs of each reason.</summary>
    private static ImmutableSortedDictionary<string, int> Problems(ImmutableDictionary<string, JobStatus> statuses) =>
        statuses
            .Values.Where(status => !status.State.IsFinal())
            .Select(status => status.Failure?.Message)
            .OfType<string>()
            .CountBy(message => message, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static string Checkpoints(SweepTable table, TableRow row, ImmutableDictionary<string, JobStatus> statuses)
    {
        var begun = table
            .Jobs.Where(job => job.Job.Cell.Label == row.Label && job.Result is null)
            .Select(job => statuses.GetValueOrDefault(job.Id)?.Progress)
            .OfType<JobProgress>()
            .ToList();
        return begun.Count == 0
            ? ""
            : $" ({begun.Count} at a checkpoint, up to iteration {begun.Max(p => p.Iteration)} of {begun[0].Iterations})";
    }
}
