using System.Net;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Where a silo runs.</summary>
/// <param name="Address">At which others reach it.</param>
/// <param name="Namespace">Network namespace of the process; null for this one's.</param>
internal sealed record SiloPlace(IPAddress Address, string? Namespace)
{
    public static SiloPlace Here { get; } = new(IPAddress.Loopback, null);
}
