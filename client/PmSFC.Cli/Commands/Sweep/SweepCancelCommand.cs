using PmSFC.Abstractions.Jobs;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep cancel</c>: stops a sweep.</summary>
internal sealed class SweepCancelCommand(CliHost host, GlobalOptions options)
    : StoredSweepCommand("cancel", "Stop a sweep; its results are kept, and 'sweep resume' continues it", host, options)
{
    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override bool Computes => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToRead();
        var plan = await FindPlanAsync(invocation, store);
        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var status = await cluster.Sweeps.CancelAsync(plan.Id, invocation.CancellationToken);
        var done = status.Cells.Sum(cell => cell.Jobs.GetValueOrDefault(JobState.Succeeded));
        if (invocation.Json)
            invocation.Lines.Write(
                new
                {
                    Event = "cancelled",
                    Sweep = plan.Id,
                    Done = done,
                }
            );
        invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' is cancelled with {Amounts.Count(done, "result")} stored.");
        return ExitCode.Done;
    }
}
