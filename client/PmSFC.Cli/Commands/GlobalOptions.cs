using System.CommandLine;
using System.Net;
using PmSFC.Silo.Devices;

namespace PmSFC.Cli.Commands;

/// <summary>Options that every command understands.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Names the store where no option does.</summary>
    public const string StoreVariable = "PMSFC_STORE";

    /// <summary>Names the cluster where no option does.</summary>
    public const string ClusterVariable = "PMSFC_CLUSTER";

    private const string DefaultCluster = "pmsfc";
    private const string DefaultStore = "pmsfc-store";

    /// <summary>Where the artifacts are.</summary>
    public Option<string> Store { get; } = new("--store")
    {
        Description = "the artifact store: a directory, azurite, azure:<container>, or a container's https address " +
            $"[default: ${StoreVariable}, else ./{DefaultStore}]",
        HelpName = "location",
        Recursive = true,
    };

    /// <summary>Threads of the CPU device.</summary>
    public Option<int?> Threads { get; } = new("--threads")
    {
        Description = "threads of the CPU device [default: all cores]",
        HelpName = "n",
        Recursive = true,
    };

    /// <summary>What the tensors of a batch may take.</summary>
    public Option<string?> Memory { get; } = new("--memory")
    {
        Description = "memory that the CPU device offers to the jobs of a batch, such as 4GiB; the process takes up to twice as much " +
            "[default: half of the machine's or container's]",
        HelpName = "size",
        Recursive = true,
    };

    /// <summary>Seconds between two checkpoints.</summary>
    public Option<double> CheckpointEvery { get; } = new("--checkpoint-every")
    {
        Description = "most seconds of work that a killed process loses",
        HelpName = "seconds",
        DefaultValueFactory = _ => 10,
        Recursive = true,
    };

    /// <summary>The cluster that does the work.</summary>
    public Option<string?> Cluster { get; } = new("--cluster")
    {
        Description = $"the cluster that does the work, instead of a silo in this process; its silos use the same store [default: ${ClusterVariable}, else none]",
        HelpName = "id",
        Recursive = true,
    };

    /// <summary>Where the cluster is reached.</summary>
    public Option<string[]> Gateway { get; } = new("--gateway")
    {
        Description = "a gateway of the cluster, instead of those that the store tells of; repeatable",
        HelpName = "address:port",
        Recursive = true,
    };

    /// <summary>Output for programs.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "one JSON object a line on stdout instead of text for people",
        Recursive = true,
    };

    /// <summary>Makes the options, with their checks.</summary>
    public GlobalOptions()
    {
        Threads.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int?>() is < 1 or > 1024)
                result.AddError($"--threads is {result.Tokens[0].Value}, but must be from 1 to 1024.");
        });
        Memory.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<string?>() is { } size && MemorySize.Parse(size) is null)
                result.AddError($"--memory is '{size}', but must be an amount such as 4GiB, 1.5GB or 800MiB.");
        });
        CheckpointEvery.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<double>() is not (>= 0.1 and <= 86_400))
                result.AddError($"--checkpoint-every is {result.Tokens[0].Value}, but must be from 0.1 to 86400 seconds.");
        });
        Gateway.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !IPEndPoint.TryParse(token.Value, out var gateway) || gateway.Port == 0))
                result.AddError($"--gateway is {token.Value}, but must be an IP address and a port, for example 127.0.0.1:30000.");
        });
    }

    /// <summary>The cluster that an invocation asks for, or null for a silo in this process.</summary>
    public string? ClusterOf(ParseResult parsed) => parsed.GetValue(Cluster)
        ?? (Environment.GetEnvironmentVariable(ClusterVariable) is { Length: > 0 } cluster ? cluster : null)
        ?? (parsed.GetValue(Gateway) is { Length: > 0 } ? DefaultCluster : null);

    /// <summary>The location of the store that an invocation asks for.</summary>
    public string StoreOf(ParseResult parsed) => parsed.GetValue(Store)
        ?? (Environment.GetEnvironmentVariable(StoreVariable) is { Length: > 0 } location ? location : DefaultStore);
}
