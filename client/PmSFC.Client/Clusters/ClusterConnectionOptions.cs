using System.Net;
using Microsoft.Extensions.Hosting;
using PmSFC.Connections;
using PmSFC.Storage;

namespace PmSFC.Client.Clusters;

/// <summary>Which cluster a client connects to, and how.</summary>
public sealed record ClusterConnectionOptions
{
    /// <summary>The store that the cluster's silos use.</summary>
    public required IArtifactStore Store { get; init; }

    /// <summary>The cluster's id.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The service's id.</summary>
    public string ServiceId { get; init; } = "pmsfc";

    /// <summary>Gateways to use; where there are none, those of the cluster's membership in the store.</summary>
    public IReadOnlyList<IPEndPoint> Gateways { get; init; } = [];

    /// <summary>The certificates, for a cluster whose silos speak TLS alone; null for one whose silos do not.</summary>
    public CertificateFolder? Certificates { get; init; }

    /// <summary>How long to try before the cluster counts as unavailable; 20 s by default.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Changes the client's host before it is built: logging, options.</summary>
    public Action<IHostApplicationBuilder>? Configure { get; init; }
}
