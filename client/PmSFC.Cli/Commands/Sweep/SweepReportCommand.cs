using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Results;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep report</c>: a sweep's table and report from what is stored.</summary>
internal sealed class SweepReportCommand : StoredSweepCommand
{
    private readonly ValueOption<string> _out = ReportFolderOption.Create();

    private readonly FlagOption _paper = new("--paper")
    {
        Description = "show the paper's numbers for the sweep's task in a table of their own",
    };

    /// <summary>Makes the command.</summary>
    public SweepReportCommand(CliHost host, GlobalOptions options)
        : base("report", "Print a sweep's table and write its report from what is stored now", host, options)
    {
        Add(_out);
        Add(_paper);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToRead();
        var plan = await FindPlanAsync(invocation, store);
        var quoted = invocation.Value(_paper) ? PaperTables.Of(plan.Task) : null;
        if (invocation.Value(_paper) && quoted is null)
            invocation.Say($"The paper has no table of the task '{plan.Task}'.");
        var statuses = await new StoredSweeps(invocation, store).StatusesAsync(plan);
        var table = await SweepTable.ReadAsync(store, plan, MetricColumns.All, statuses, invocation.CancellationToken);
        await new ResultPrinter(invocation, store).TellAsync(table, ReportFolderOption.PathOf(invocation, _out, plan), quoted);
        return ExitCode.Done;
    }
}
