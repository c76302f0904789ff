using System.CommandLine;
using PmSFC.Cli.Commands;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli;

/// <summary>From arguments to an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Parses the arguments and runs their command.</summary>
    public static async Task<int> RunAsync(CliHost host, IReadOnlyList<string> arguments)
    {
        var options = new GlobalOptions();
        var root = PmsfcCommand.Create(host, options);
        IReadOnlyList<string> given = arguments.Count == 0 ? ["--help"] : arguments;
        var parsed = root.Parse(given, ArgumentProblems.Configuration);
        if (new ArgumentProblems(parsed, given, host.Name).First() is { } problem)
        {
            host.Error.WriteLine($"error: {problem}");
            return ExitCode.BadInput;
        }

        try
        {
            var code = await RunAsync(
                host,
                parsed,
                options.ClusterOf(parsed) is null ? "stopping: saving checkpoints" : "detaching: what the cluster does goes on"
            );
            if (
                code != ExitCode.Done
                || host.LostOutput() is not { } loss
                || parsed.CommandResult.Command is CliCommand { OutlivesItsOutput: true }
            )
                return code;
            host.Error.WriteLine($"error: the output could not be written ({loss.TrimEnd('.')}).");
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            return new FailureReport(host.Error, host.Log).Tell(e);
        }
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parsed, string consequenceOfInterruption)
    {
        using var interruption = new Interruption(host.Error, consequenceOfInterruption);
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
    }
}
