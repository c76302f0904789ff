using System.Net;
using Microsoft.Extensions.Logging;
using PmSFC.Grains.Devices.Scheduling;
using PmSFC.Silo.Devices.Discovery;
using PmSFC.SiloHost.Logging;
using PmSFC.Web.Access;

namespace PmSFC.SiloHost.Configuration;

/// <summary>What a silo is, checked.</summary>
internal sealed record SiloSettings
{
    /// <summary>What it does for its cluster.</summary>
    public required SiloRole Role { get; init; }

    /// <summary>The cluster that it joins.</summary>
    public required string Cluster { get; init; }

    /// <summary>The service that the cluster is; clusters that take over from each other share it.</summary>
    public required string Service { get; init; }

    /// <summary>The artifact store's location.</summary>
    public required string Store { get; init; }

    /// <summary>How silos find each other.</summary>
    public required MembershipKind Membership { get; init; }

    /// <summary>The first silo, for <see cref="MembershipKind.Development"/>.</summary>
    public required IPEndPoint? Primary { get; init; }

    /// <summary>The address at which other silos and clients reach this one.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port for other silos.</summary>
    public required int SiloPort { get; init; }

    /// <summary>The port for clients, 0 for none.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>The port of health, metrics and the queue's load, 0 for none.</summary>
    public required int WebPort { get; init; }

    /// <summary>A port of metrics and the queue's load apart from the web port, 0 for none.</summary>
    public required int MetricsPort { get; init; }

    /// <summary>The folder with the web port's certificate, or null where it speaks plain HTTP.</summary>
    public required string? WebTls { get; init; }

    /// <summary>The folder with the certificates of its connections, or null for connections without TLS.</summary>
    public required string? Tls { get; init; }

    /// <summary>The file of tokens that let somebody use the API, or null where none does.</summary>
    public required string? Access { get; init; }

    /// <summary>The OpenID provider whose JWTs let somebody use the API, or null where none does.</summary>
    public required OidcOptions? Oidc { get; init; }

    /// <summary>Which devices it offers, as <see cref="DeviceRequest"/> describes.</summary>
    public required string Devices { get; init; }

    /// <summary>Threads of the CPU device.</summary>
    public required int Threads { get; init; }

    /// <summary>Memory that a batch of a device may use, in bytes; null for what suits the device.</summary>
    public required long? MemoryBytes { get; init; }

    /// <summary>Most time of work that a killed silo loses.</summary>
    public required TimeSpan CheckpointInterval { get; init; }

    /// <summary>How long a silo may be silent before its work and its grains go to others.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>Which work comes first, of what waits with one priority.</summary>
    public required ISchedulingPolicy Scheduling { get; init; }

    /// <summary>How long a device may make no iteration before it counts as hung.</summary>
    public required TimeSpan HangLimit { get; init; }

    /// <summary>The least level of what is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>How it is written.</summary>
    public required LogFormat LogFormat { get; init; }
}
