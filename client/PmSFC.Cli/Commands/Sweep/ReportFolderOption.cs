using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Reports;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>--out FOLDER</c>: where a sweep's report is written.</summary>
internal static class ReportFolderOption
{
    private const string DefaultParent = "pmsfc-reports";

    /// <summary>Makes the option.</summary>
    public static ValueOption<string> Create() =>
        new("--out", ValueKinds.Path) { Description = $"folder of the report [default: {DefaultParent}/<name>-<id>]", HelpName = "folder" };

    /// <summary>The folder that a call names, or that of the sweep's name and id.</summary>
    public static string PathOf(Invocation invocation, ValueOption<string> option, SweepPlan plan) =>
        invocation.Value(option) ?? Path.Combine(DefaultParent, $"{OutputFolder.FileName(plan.Name)}-{Amounts.ShortId(plan.Id)}");

    /// <summary>Makes that folder, and proves that the report can be written into it.</summary>
    /// <exception cref="BadInputException">It cannot.</exception>
    public static string Prepare(Invocation invocation, ValueOption<string> option, SweepPlan plan) =>
        OutputFolder.Prepare(PathOf(invocation, option, plan), ReportFiles.Names);
}
