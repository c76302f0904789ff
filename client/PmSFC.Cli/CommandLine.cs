using System.CommandLine;
using PmSFC.Cli.Commands;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;

namespace PmSFC.Cli;

/// <summary>From arguments to an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Parses the arguments and runs their command.</summary>
    public static async Task<int> RunAsync(CliHost host, IReadOnlyList<string> arguments)
    {
        var options = new GlobalOptions();
        var root = PmsfcCommand.Create(host, options);
        var parsed = root.Parse(arguments.Count == 0 ? ["--help"] : arguments);
        if (parsed.Errors.Count > 0)
        {
            // Of a word that is no command, the parser says first that a command is missing.
            var telling = parsed.UnmatchedTokens is [var unknown, ..] ? $"there is no command or option '{unknown}' here" : parsed.Errors[0].Message;
            host.Error.WriteLine($"error: {telling.TrimEnd('.')}; see '{host.Name}{PathOf(parsed)} --help'.");
            return ExitCode.BadInput;
        }

        using var interruption = new Interruption(
            host.Error, options.ClusterOf(parsed) is null ? "stopping: saving checkpoints" : "detaching: what the cluster does goes on");
        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = host.Output,
                Error = host.Error,
            };
            return await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            return new FailureReport(host.Error, host.Log).Tell(e);
        }
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result?.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent)
            names.Push(result.Command.Name);
        return string.Concat(names.Select(name => $" {name}"));
    }
}
