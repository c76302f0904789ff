using System.Text;
using PmSFC.Cli;
using PmSFC.Cli.Logging;
using PmSFC.Cli.Sessions;
using PmSFC.Silo.Output;
using Spectre.Console;

Console.OutputEncoding = new UTF8Encoding(false);

// Before anything takes Console.Out: whether it is a terminal is asked of the writer that stands there.
var (output, error) = (new LossyWriter(Console.Out), new LossyWriter(Console.Error));
Console.SetOut(output);
Console.SetError(error);
using var log = new LogFile(LogFile.DefaultFolder, TimeProvider.System);
var terminal = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 1000;
var host = new CliHost(AnsiConsole.Console, Console.Out, Console.Error, terminal, log, TimeProvider.System)
{
    LostOutput = () => output.Loss,
};
return await CommandLine.RunAsync(host, args);
