using PmSFC.Cli.Sessions;
using PmSFC.Client.Results;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep status</c>: how much of a sweep is done.</summary>
internal sealed class SweepStatusCommand(CliHost host, GlobalOptions options)
    : StoredSweepCommand("status", "Say how far a sweep is: from the store alone, or from the cluster where one is named", host, options)
{
    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToRead();
        var plan = await FindPlanAsync(invocation, store);
        if (invocation.Cluster is not null)
        {
            await using var cluster = await ClusterSession.StartAsync(invocation, store);
            if (await cluster.Sweeps.StatusAsync(plan.Id, invocation.CancellationToken) is { } status)
                return new ClusterStatus(invocation).Tell(
                    plan,
                    status,
                    await cluster.PoolStatusAsync(invocation.CancellationToken),
                    await StoredConflicts.ReadAsync(store, plan, invocation.CancellationToken)
                );
        }

        return await new StoredStatus(invocation, store).TellAsync(plan);
    }
}
