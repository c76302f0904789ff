using PmSFC.Cli.Logging;
using Spectre.Console;

namespace PmSFC.Cli.Sessions;

/// <summary>What a run of the command line has from its process.</summary>
/// <param name="Console">Stdout for people.</param>
/// <param name="Output">Stdout for programs.</param>
/// <param name="Error">Stderr.</param>
/// <param name="IsTerminal">Whether stdout is a terminal on which lines can be written over.</param>
/// <param name="Log">Where details go.</param>
/// <param name="Time">The clock.</param>
internal sealed record CliHost(IAnsiConsole Console, TextWriter Output, TextWriter Error, bool IsTerminal, LogFile Log, TimeProvider Time)
{
    /// <summary>Why some of the output could not be written, or null where all was.</summary>
    public Func<string?> LostOutput { get; init; } = () => null;

    /// <summary>How the user calls the product, for hints.</summary>
    public string Name { get; } = Environment.GetEnvironmentVariable("PMSFC_COMMAND") is { Length: > 0 } name ? name : "pmsfc";
}
