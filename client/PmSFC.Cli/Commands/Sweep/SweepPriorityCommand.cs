using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep priority</c>: gives a cluster's sweep another priority.</summary>
internal sealed class SweepPriorityCommand : StoredSweepCommand
{
    private const int Largest = 1_000_000;

    private readonly ValueArgument<int> _priority = new("priority", ValueKinds.Integer(-Largest, Largest))
    {
        Description = "a whole number; higher runs first",
    };

    /// <summary>Makes the command.</summary>
    public SweepPriorityCommand(CliHost host, GlobalOptions options)
        : base("priority", "Give a cluster's sweep another priority, also while it runs", host, options) => Add(_priority);

    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        RefuseWithoutCluster(invocation, "given another priority");
        var priority = invocation.Value(_priority);
        var store = invocation.OpenStoreToRead();
        var plan = await FindPlanAsync(invocation, store);
        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var status = await cluster.Sweeps.SetPriorityAsync(plan.Id, priority, invocation.CancellationToken);
        if (invocation.Json)
            invocation.Lines.Write(
                new
                {
                    Event = "priority",
                    Sweep = plan.Id,
                    status.Priority,
                }
            );
        invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' has the priority {status.Priority} now.");
        return ExitCode.Done;
    }
}
