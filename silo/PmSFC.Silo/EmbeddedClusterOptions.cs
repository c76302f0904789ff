using Microsoft.Extensions.Hosting;
using PmSFC.Storage;

namespace PmSFC.Silo;

/// <summary>What an <see cref="EmbeddedCluster"/> is made of.</summary>
public sealed record EmbeddedClusterOptions
{
    /// <summary>Where artifacts and grain state are.</summary>
    public required IArtifactStore Store { get; init; }

    /// <summary>Threads of the CPU device.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>What the tensors of a batch may take at one time, in bytes; null for half of what the process may use.</summary>
    public long? DeviceMemoryBytes { get; init; }

    /// <summary>Most time of work that a killed process loses.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For how long leases that the store tells of are believed to be alive; zero where no other silo can be on the store. Null for what a cluster's
    /// silos believe.
    /// </summary>
    public TimeSpan? TrustInEarlierLeases { get; init; }

    /// <summary>Changes the host before it is built: logging, configuration, options.</summary>
    public Action<IHostApplicationBuilder>? Configure { get; init; }
}
