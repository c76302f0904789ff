using System.CommandLine;
using PmSFC.Cli.Sessions;

namespace PmSFC.Cli.Commands;

/// <summary>A command that does something.</summary>
internal abstract class CliCommand : Command
{
    /// <summary>Names the command.</summary>
    protected CliCommand(string name, string description, CliHost host, GlobalOptions options)
        : base(name, description)
    {
        SetAction(async (parsed, cancellationToken) => await RunAsync(new Invocation(host, options, parsed, cancellationToken)));
    }

    /// <summary>Whether the command is for something besides what it says, so that its exit code is that of its work even where its output is lost.</summary>
    public virtual bool OutlivesItsOutput => false;

    /// <summary>Does what the command is for.</summary>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(Invocation invocation);
}
