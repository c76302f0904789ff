using System.Text;
using PmSFC.Cli;
using PmSFC.Cli.Logging;
using PmSFC.Cli.Sessions;
using Spectre.Console;

Console.OutputEncoding = new UTF8Encoding(false);
using var log = new LogFile(LogFile.DefaultFolder, TimeProvider.System);
var terminal = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1000;
var host = new CliHost(AnsiConsole.Console, Console.Out, Console.Error, terminal, log, TimeProvider.System);
return await CommandLine.RunAsync(host, args);
