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
        SetAction(
            async (parsed, cancellationToken) =>
            {
                var invocation = new Invocation(host, options, parsed, cancellationToken);
                // A device that is not there is refused before anything is read or stored.
                if (Computes && invocation.Cluster is null)
                    _ = invocation.Devices;
                return await RunAsync(invocation);
            }
        );
    }

    /// <summary>Whether the command does work, not only tells something: its exit code is then that of the work, even where its output could not be written.</summary>
    public virtual bool OutlivesItsOutput => false;

    /// <summary>Whether the command uses the devices that are asked for, unless a cluster does its work. Others may be asked for any.</summary>
    protected virtual bool Computes => false;

    /// <summary>Does what the command is for.</summary>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(Invocation invocation);
}
