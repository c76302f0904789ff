using System.Globalization;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using Spectre.Console;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep list</c>: the sweeps of the store.</summary>
internal sealed class SweepListCommand(CliHost host, GlobalOptions options)
    : CliCommand("list", "List the sweeps of the store, the latest first", host, options)
{
    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var sweeps = await new StoredSweeps(invocation, invocation.OpenStoreToRead()).ListAsync();
        if (invocation.Json)
        {
            foreach (var sweep in sweeps)
                invocation.Lines.Write(sweep);
            return ExitCode.Done;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("id", "name", "started or resumed (UTC)");
        foreach (var sweep in sweeps)
            table.AddRow(
                Cell.Of(Amounts.ShortId(sweep.Id)),
                Cell.Of(sweep.Problem is null ? sweep.Name : "(cannot be read)"),
                Cell.Of(sweep.SubmittedAt?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "–")
            );
        invocation.Console.Write(table);
        foreach (var problem in sweeps.Select(sweep => sweep.Problem).OfType<string>())
            invocation.Say(problem);
        return ExitCode.Done;
    }
}
