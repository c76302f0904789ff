using PmSFC.Cli.Sessions;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep watch</c>: shows a sweep that a cluster runs, and reports.</summary>
internal sealed class SweepWatchCommand : StoredSweepCommand
{
    private readonly ValueOption<string> _out = ReportFolderOption.Create();

    /// <summary>Makes the command.</summary>
    public SweepWatchCommand(CliHost host, GlobalOptions options)
        : base("watch", "Follow a sweep that a cluster runs, without starting anything", host, options) => Add(_out);

    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        RefuseWithoutCluster(invocation, "watched", ", or ask for 'sweep status'");
        var store = invocation.OpenStoreToRead();
        var plan = await FindPlanAsync(invocation, store);
        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var folder = ReportFolderOption.Prepare(invocation, _out, plan);
        var session = new SweepSession(invocation, cluster);
        return await session.ReportAsync(await session.WatchAsync(plan), folder);
    }
}
