using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Sweeps;
using PmSFC.Silo.Arguments;
using PmSFC.Storage;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary>A command on a sweep of the store, which is named by the beginning of its id.</summary>
internal abstract class StoredSweepCommand : CliCommand
{
    private readonly ValueArgument<string> _sweep = new("sweep", ValueKinds.Text)
    {
        Description = "the beginning of its id, or 'latest'",
        DefaultValueFactory = _ => SweepClient.Latest,
    };

    /// <summary>Names the command.</summary>
    protected StoredSweepCommand(string name, string description, CliHost host, GlobalOptions options)
        : base(name, description, host, options) => Add(_sweep);

    /// <summary>Refuses a call that names no cluster.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="what">What only a cluster's sweeps can be, such as <c>paused</c>.</param>
    /// <param name="alternative">What to do without a cluster, as the end of the sentence, or nothing.</param>
    /// <exception cref="BadInputException">No cluster is named.</exception>
    protected static void RefuseWithoutCluster(Invocation invocation, string what, string alternative = "")
    {
        if (invocation.Cluster is null)
            throw new BadInputException($"Only a cluster's sweeps can be {what}; name the cluster with --cluster{alternative}.");
    }

    /// <summary>The plan of the sweep that the call names.</summary>
    /// <exception cref="BadInputException">There is no such sweep, or several.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    protected Task<SweepPlan> FindPlanAsync(Invocation invocation, IArtifactStore store) =>
        new StoredSweeps(invocation, store).FindPlanAsync(invocation.Value(_sweep));
}
