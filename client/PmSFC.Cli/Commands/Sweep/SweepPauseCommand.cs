using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep pause</c>: a cluster's sweep is paused at checkpoints.</summary>
internal sealed class SweepPauseCommand(CliHost host, GlobalOptions options)
    : StoredSweepCommand("pause", "Pause a cluster's sweep at checkpoints; 'sweep resume' continues it", host, options)
{
    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        RefuseWithoutCluster(invocation, "paused");
        var store = invocation.OpenStoreToRead();
        var plan = await FindPlanAsync(invocation, store);
        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var status = await cluster.Sweeps.PauseAsync(plan.Id, invocation.CancellationToken);
        if (invocation.Json)
            invocation.Lines.Write(
                new
                {
                    Event = "paused",
                    Sweep = plan.Id,
                    status.State,
                    status.Reason,
                }
            );
        if (status.State != SweepState.Paused)
        {
            invocation.Say(
                $"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' has ended already ({status.State.ToString().ToLowerInvariant()}); "
                    + "there is nothing to pause."
            );
            return ExitCode.Failed;
        }

        invocation.Say(
            $"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' is paused; what runs stops at a checkpoint. "
                + $"Go on with: {invocation.Command("sweep", "resume", Amounts.ShortId(plan.Id))}"
        );
        return ExitCode.Done;
    }
}
