using PmSFC.Cli.Logging;
using PmSFC.Cli.Sessions;
using Spectre.Console;

namespace PmSFC.Cli.Tests.Support;

/// <summary>Runs the command line in this process: for what ends before it computes anything.</summary>
internal static class InProcess
{
    /// <summary>Runs it.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params IReadOnlyList<string> arguments)
    {
        using StringWriter output = new(),
            error = new();
        return (await CommandLine.RunAsync(Host(output, error), arguments), output.ToString(), error.ToString());
    }

    /// <summary>What such a run has from its process.</summary>
    public static CliHost Host(TextWriter output, TextWriter error)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = 1000;
        var logs = Path.Combine(Path.GetTempPath(), "pmsfc-test-logs");
        return new CliHost(console, output, error, false, new LogFile(logs, TimeProvider.System), TimeProvider.System);
    }
}
