using PmSFC.Engine;
using PmSFC.Grains.Devices.Scheduling;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Hosting;

/// <summary>What a silo is made of, whatever process it runs in.</summary>
public sealed record SiloHostOptions
{
    /// <summary>Where artifacts and grain state are.</summary>
    public required IArtifactStore Store { get; init; }

    /// <summary>The methods, generators, tasks and metrics that the silo knows.</summary>
    public EngineCatalog Engine { get; init; } = EngineCatalog.BuiltIn;

    /// <summary>The silo's devices; none for a silo of grains alone.</summary>
    public IReadOnlyList<DeviceOptions> Devices { get; init; } = [new()];

    /// <summary>Whether the product's grains may be placed in the silo.</summary>
    public bool HostsGrains { get; init; } = true;

    /// <summary>How long a silo of the cluster may be silent before its work and its grains go to others.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Which work comes first, of what waits with one priority.</summary>
    public ISchedulingPolicy Scheduling { get; init; } = SchedulingPolicies.Default;

    /// <summary>
    /// For how long after its start a queue believes that what devices held before goes on; zero where it is known that none can, since their
    /// process is gone. Null for <see cref="Lease"/>.
    /// </summary>
    public TimeSpan? TrustInEarlierLeases { get; init; }
}
