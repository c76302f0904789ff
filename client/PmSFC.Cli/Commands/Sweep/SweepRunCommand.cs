using PmSFC.Cli.Sessions;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep run FILE</c>: runs what is missing of a sweep, and reports.</summary>
internal sealed class SweepRunCommand : SpecCommand
{
    private readonly ValueOption<string> _out = ReportFolderOption.Create();
    private readonly FlagOption _page = PageOption.Create();

    /// <summary>Makes the command.</summary>
    public SweepRunCommand(CliHost host, GlobalOptions options)
        : base("run", "Run a sweep; what the store has already is not computed again", host, options)
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
        var (file, given) = ReadFile(invocation);
        var store = invocation.OpenStore();
        var card = await BundledGenerator.FindAsync(invocation, store, file.Generator);
        var prepared = await PrepareAsync(invocation, store, file, given, card);
        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var plan = await cluster.Sweeps.PlanAsync(prepared.Spec, file, invocation.CancellationToken);
        await cluster.CheckMemoryAsync(plan, invocation.CancellationToken);
        await prepared.StoreAsync(store, invocation.CancellationToken);
        await using var page = await PageOption.ServeAsync(invocation, _page, cluster, plan);
        var folder = ReportFolderOption.Prepare(invocation, _out, plan);
        var session = new SweepSession(invocation, cluster);
        return await session.ReportAsync(await session.RunAsync(plan), folder);
    }
}
