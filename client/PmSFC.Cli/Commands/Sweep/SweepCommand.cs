using System.CommandLine;
using PmSFC.Cli.Sessions;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep</c>: many methods and settings on many images, planned, run, resumed and reported.</summary>
internal sealed class SweepCommand : Command
{
    /// <summary>Makes the command and those below it.</summary>
    public SweepCommand(CliHost host, GlobalOptions options)
        : base("sweep", "Run methods and settings on a set of images, and report")
    {
        Add(new SweepPlanCommand(host, options));
        Add(new SweepRunCommand(host, options));
        Add(new SweepResumeCommand(host, options));
        Add(new SweepWatchCommand(host, options));
        Add(new SweepStatusCommand(host, options));
        Add(new SweepCancelCommand(host, options));
        Add(new SweepPauseCommand(host, options));
        Add(new SweepPriorityCommand(host, options));
        Add(new SweepMeasureCommand(host, options));
        Add(new SweepVerifyCommand(host, options));
        Add(new SweepReportCommand(host, options));
        Add(new SweepCompareCommand(host, options));
        Add(new SweepListCommand(host, options));
    }
}
