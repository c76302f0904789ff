using System.CommandLine;
using PmSFC.Cli.Commands;
using PmSFC.Cli.Commands.Sweep;
using PmSFC.Cli.Sessions;

namespace PmSFC.Cli;

/// <summary>The tree of commands.</summary>
internal static class PmsfcCommand
{
    /// <summary>Makes the tree for a process.</summary>
    public static RootCommand Create(CliHost host, GlobalOptions options)
    {
        var root = new RootCommand(
            "GAN inversion by prior multi-subspace feature composition, and its rivals, on one machine or a cluster."
        )
        {
            options.Store,
            options.Cluster,
            options.Gateway,
            options.Tls,
            options.Device,
            options.Threads,
            options.Memory,
            options.CheckpointEvery,
            options.Json,
            new DemoCommand(host, options),
            new SweepCommand(host, options),
            new EvaluateCommand(host, options),
            new AnalyzeCommand(host, options),
            new InvertCommand(host, options),
            new MetricsCommand(host, options),
            new GeneratorsCommand(host, options),
            new ImagesCommand(host, options),
            new SubspacesCommand(host, options),
            new DevicesCommand(host, options),
            new AccessCommand(host, options),
        };
        return root;
    }
}
