using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Client.Results;

namespace PmSFC.Cli.Sessions;

/// <summary>Tells how a sweep stands in a cluster.</summary>
internal sealed class ClusterStatus(Invocation invocation)
{
    /// <summary>Tells it to people or programs.</summary>
    public int Tell(SweepPlan plan, SweepStatus status, PoolStatus pool, ImmutableArray<JobConflict> conflicts)
    {
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "status",
                    Sweep = status.Id,
                    status.Name,
                    status.Finished,
                    Cells = status.Cells.Select(cell => new
                    {
                        cell.Label,
                        Done = Of(cell, JobState.Succeeded),
                        Failed = Of(cell, JobState.Failed),
                        Missing = Missing(cell),
                        Running = Of(cell, JobState.Running),
                    }),
                    status.State,
                    status.Reason,
                    status.Priority,
                    status.Waiting,
                    status.Failures,
                    status.Problems,
                    Conflicts = conflicts,
                    Devices = pool.Devices.Select(device => new { device.Device, device.Leases }),
                }
            );
            return ExitCode.Done;
        }

        invocation.Say(
            $"Sweep {Amounts.ShortId(status.Id)} '{status.Name}' on the cluster {invocation.Cluster}{(status.Priority == 0 ? "" : $", priority {status.Priority}")}:"
        );
        foreach (var cell in status.Cells)
            invocation.Say(
                $"  {cell.Label}: {Of(cell, JobState.Succeeded)}/{cell.Jobs.Values.Sum()} done, {Of(cell, JobState.Failed)} failed, {Missing(cell)} missing, "
                    + $"{Of(cell, JobState.Running)} running"
            );
        foreach (var (reason, jobs) in status.Waiting)
            invocation.Say($"  {Amounts.Count(jobs, "job")}: {reason}");
        foreach (var (problem, jobs) in status.Problems)
            invocation.Say($"  {jobs} × {problem}");
        foreach (var conflict in StoredConflicts.Describe(plan, conflicts))
            invocation.Say($"  {conflict}");
        foreach (var device in pool.Devices)
            invocation.Say($"Device {device.Device}: {Amounts.Count(device.Leases, "job")}");
        if (status.Reason is { } stopped)
            invocation.Say(stopped);
        else if (status.Finished)
            invocation.Say(status.State == SweepState.Cancelled ? "Cancelled." : "Finished.");
        return ExitCode.Done;
    }

    private static int Of(CellStatus cell, JobState state) => cell.Jobs.GetValueOrDefault(state);

    private static int Missing(CellStatus cell) => cell.Jobs.Values.Sum() - Of(cell, JobState.Succeeded) - Of(cell, JobState.Failed);
}
