using PmSFC.Cli.Sessions;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep resume</c>: runs what is missing of a stored sweep, and reports.</summary>
internal sealed class SweepResumeCommand : StoredSweepCommand
{
    private readonly ValueOption<string> _out = ReportFolderOption.Create();
    private readonly FlagOption _page = PageOption.Create();

    /// <summary>Makes the command.</summary>
    public SweepResumeCommand(CliHost host, GlobalOptions options)
        : base("resume", "Go on with a sweep that was interrupted, killed or had failures", host, options)
    {
        Add(_out);
        Add(_page);
    }

    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override bool Computes => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToAdd();
        var plan = await FindPlanAsync(invocation, store);
        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        await cluster.CheckMemoryAsync(plan, invocation.CancellationToken);
        await using var page = await PageOption.ServeAsync(invocation, _page, cluster, plan);
        var folder = ReportFolderOption.Prepare(invocation, _out, plan);
        var session = new SweepSession(invocation, cluster);
        return await session.ReportAsync(await session.RunAsync(plan), folder);
    }
}
