using System.CommandLine;
using System.Net;
using PmSFC.Abstractions.Failures;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Cli.Commands;

/// <summary>Options that every command understands.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Names the store where no option does.</summary>
    public const string StoreVariable = "PMSFC_STORE";

    /// <summary>Names the cluster where no option does.</summary>
    public const string ClusterVariable = "PMSFC_CLUSTER";

    /// <summary>Names the devices where no option does.</summary>
    public const string DeviceVariable = "PMSFC_DEVICE";

    /// <summary>Names the folder of certificates where no option does.</summary>
    public const string TlsVariable = "PMSFC_TLS";

    private const string DefaultCluster = "pmsfc";
    private const string DefaultStore = "pmsfc-store";

    /// <summary>Where the artifacts are.</summary>
    public ValueOption<string> Store { get; } =
        new("--store", ValueKinds.StoreLocation)
        {
            Description =
                "the artifact store: a directory, azurite, azure:<container>, or a container's https address "
                + $"[default: ${StoreVariable}, else ./{DefaultStore}]",
            HelpName = "location",
            Recursive = true,
        };

    /// <summary>What computes in this process.</summary>
    public ListOption<string> Device { get; } =
        new("--device", ValueKinds.Devices)
        {
            Description =
                "what computes in this process: auto (all GPUs, or the CPU where there is none), cpu, cuda (all GPUs) or cuda:N; repeatable, or joined by commas "
                + $"[default: ${DeviceVariable}, else {DeviceRequest.Automatic}]",
            HelpName = "device",
            Recursive = true,
        };

    /// <summary>Threads of the CPU device.</summary>
    public ValueOption<int?> Threads { get; } =
        new("--threads", ValueKinds.Integer(1, 1024).Optional())
        {
            Description = "threads of the CPU device [default: all cores]",
            HelpName = "n",
            Recursive = true,
        };

    /// <summary>What the tensors of a batch may take.</summary>
    public ValueOption<long?> Memory { get; } =
        new("--memory", ValueKinds.Bytes.Optional())
        {
            Description =
                "memory that each device offers to the jobs of a batch, such as 4GiB; for the CPU the process takes up to twice as much "
                + "[default: half of the machine's or container's; of a GPU 80 % of what is free]",
            HelpName = "size",
            Recursive = true,
        };

    /// <summary>Seconds between two checkpoints.</summary>
    public ValueOption<TimeSpan?> CheckpointEvery { get; } =
        new("--checkpoint-every", ValueKinds.Seconds(0.1, 86_400).Optional())
        {
            Description = "most seconds of work that a killed process loses [default: 10]",
            HelpName = "seconds",
            Recursive = true,
        };

    /// <summary>The cluster that does the work.</summary>
    public ValueOption<string> Cluster { get; } =
        new("--cluster", ValueKinds.Id)
        {
            Description =
                $"the cluster that does the work, instead of a silo in this process; its silos use the same store [default: ${ClusterVariable}, else none]",
            HelpName = "id",
            Recursive = true,
        };

    /// <summary>Where the cluster is reached.</summary>
    public ListOption<IPEndPoint> Gateway { get; } =
        new("--gateway", ValueKinds.Endpoint)
        {
            Description = "a gateway of the cluster, instead of those that the store lists; repeatable",
            HelpName = "address:port",
            Recursive = true,
        };

    /// <summary>The certificates of the connection to the cluster.</summary>
    public ValueOption<string> Tls { get; } =
        new("--tls", ValueKinds.Path)
        {
            Description =
                "a folder with tls.crt, tls.key and ca.crt, for a cluster whose silos speak TLS " + $"[default: ${TlsVariable}, else none]",
            HelpName = "folder",
            Recursive = true,
        };

    /// <summary>Output for programs.</summary>
    public FlagOption Json { get; } =
        new("--json") { Description = "one JSON object a line on stdout instead of text for people", Recursive = true };

    /// <summary>The cluster that an invocation asks for, or null for a silo in this process.</summary>
    public string? ClusterOf(ParseResult parsed) =>
        parsed.GetValue(Cluster)
        ?? ValueKinds.Id.FromEnvironment(ClusterVariable)
        ?? (parsed.GetValue(Gateway) is { Length: > 0 } ? DefaultCluster : null);

    /// <summary>The folder of certificates that an invocation asks for, or null for a connection without TLS.</summary>
    public string? TlsOf(ParseResult parsed) => parsed.GetValue(Tls) ?? ValueKinds.Path.FromEnvironment(TlsVariable);

    /// <summary>The devices that an invocation asks for, or null where it asks for none.</summary>
    /// <exception cref="BadInputException">Devices are listed together with <c>auto</c>, or the environment's value names no device.</exception>
    public DeviceRequest? DevicesOf(ParseResult parsed)
    {
        if (parsed.GetValue(Device) is { Length: > 0 } given)
        {
            var text = string.Join(',', given);
            return DeviceRequest.IsValid(text)
                ? new DeviceRequest(text, Device.Name)
                : throw new BadInputException($"{Device.Name} is '{text}', but must be {DeviceRequest.Form}.");
        }

        return ValueKinds.Devices.FromEnvironment(DeviceVariable) is { } variable ? new DeviceRequest(variable, DeviceVariable) : null;
    }

    /// <summary>The location of the store that an invocation asks for.</summary>
    public string StoreOf(ParseResult parsed) =>
        parsed.GetValue(Store) ?? ValueKinds.StoreLocation.FromEnvironment(StoreVariable) ?? DefaultStore;
}
