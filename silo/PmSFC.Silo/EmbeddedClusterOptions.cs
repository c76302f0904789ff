using Microsoft.Extensions.Hosting;
using PmSFC.Engine;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo;

/// <summary>What an <see cref="EmbeddedCluster"/> is made of.</summary>
public sealed record EmbeddedClusterOptions
{
    /// <summary>Where artifacts and grain state are.</summary>
    public required IArtifactStore Store { get; init; }

    /// <summary>The methods, generators, tasks and metrics that the silo knows.</summary>
    public EngineCatalog Engine { get; init; } = EngineCatalog.BuiltIn;

    /// <summary>What computes, each device with a worker of its own; the CPU by default.</summary>
    public IReadOnlyList<DeviceOptions> Devices { get; init; } = [new()];

    /// <summary>
    /// For how long leases that the store tells of are believed to be alive; zero where no other silo can be on the store. Null for what a cluster's
    /// silos believe.
    /// </summary>
    public TimeSpan? TrustInEarlierLeases { get; init; }

    /// <summary>Changes the host before it is built: logging, configuration, options.</summary>
    public Action<IHostApplicationBuilder>? Configure { get; init; }
}
