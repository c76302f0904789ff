using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Clusters;
using PmSFC.Client.Sweeps;
using PmSFC.Connections;
using PmSFC.Silo;
using PmSFC.Silo.Hosting;
using PmSFC.Silo.Telemetry;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>
/// What runs sweeps: a silo in this process, with the store's lock where the store is a directory, or the cluster that the user names. Disposing
/// drains the silo, so that running jobs keep a checkpoint; the cluster goes on.
/// </summary>
internal sealed class ClusterSession : IAsyncDisposable
{
    private readonly StoreGuard? _guard;
    private readonly IAsyncDisposable _cluster;
    private bool _disposed;

    private ClusterSession(StoreGuard? guard, IAsyncDisposable cluster, IGrainFactory grains, IArtifactStore store, TimeProvider time)
    {
        (_guard, _cluster, Grains, Store) = (guard, cluster, grains, store);
        Sweeps = new SweepClient(grains, store, time);
    }

    /// <summary>The artifacts.</summary>
    public IArtifactStore Store { get; }

    /// <summary>The cluster's sweeps.</summary>
    public SweepClient Sweeps { get; }

    /// <summary>The cluster's grains.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>Whether sweeps go on when this session ends.</summary>
    public bool OutlivesSession => _cluster is ClusterConnection;

    /// <summary>What computes, for people: the devices of this process, or those that the cluster has now.</summary>
    public async Task<IReadOnlyList<string>> DevicesAsync(CancellationToken cancellationToken) =>
        _cluster is EmbeddedCluster embedded
            ? new EmbeddedDevices(embedded.Devices).Describe()
            : [.. (await PoolStatusAsync(cancellationToken)).Devices.Select(device => device.Device)];

    /// <summary>Starts a silo on a store, or connects to the cluster that the user names.</summary>
    public static Task<ClusterSession> StartAsync(Invocation invocation, IArtifactStore store) =>
        invocation.Cluster is { } cluster ? ConnectAsync(invocation, store, cluster) : EmbedAsync(invocation, store);

    /// <summary>What waits and what runs on which devices, of all sweeps.</summary>
    public Task<PoolStatus> PoolStatusAsync(CancellationToken cancellationToken) =>
        Grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default).GetStatus(cancellationToken).WaitAsync(cancellationToken);

    /// <summary>Checks that every job a plan still asks for fits into a device of this process: no other device can be added here, as one can to a cluster.</summary>
    /// <exception cref="BadInputException">Something does not.</exception>
    public async Task CheckMemoryAsync(SweepPlan plan, CancellationToken cancellationToken)
    {
        if (_cluster is EmbeddedCluster embedded)
            new EmbeddedDevices(embedded.Devices).CheckMemory(await Sweeps.ForecastAsync(plan, cancellationToken));
    }

    /// <summary>As <see cref="CheckMemoryAsync"/>, for something that is made without a sweep; see <see cref="EmbeddedDevices.CheckMemory(string, long, string)"/>.</summary>
    /// <exception cref="BadInputException">It does not fit.</exception>
    public void CheckMemory(string name, long bytes, string what)
    {
        if (_cluster is EmbeddedCluster embedded)
            new EmbeddedDevices(embedded.Devices).CheckMemory(name, bytes, what);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _cluster.DisposeAsync();
        _guard?.Dispose();
    }

    private static async Task<ClusterSession> ConnectAsync(Invocation invocation, IArtifactStore store, string cluster)
    {
        if (invocation.OptionsOfEmbeddedSilo is [var option, ..])
            throw new BadInputException(
                $"{option} is of the silo in this process; each silo of the cluster '{cluster}' has its own, so leave it out."
            );
        var options = new ClusterConnectionOptions
        {
            Store = store,
            ClusterId = cluster,
            Gateways = invocation.Gateways,
            Certificates = invocation.Tls is { } folder
                ? CertificateFolder.Open(folder, invocation.Host.Time, invocation.Host.Log.Loggers.CreateLogger<CertificateFolder>())
                : null,
            Configure = host =>
            {
                Log(invocation, host);
                host.AddTelemetry();
            },
        };
        var connection = await ClusterConnection.ConnectAsync(options, invocation.CancellationToken);
        return new ClusterSession(null, connection, connection.Grains, store, invocation.Host.Time);
    }

    private static async Task<ClusterSession> EmbedAsync(Invocation invocation, IArtifactStore store)
    {
        if (invocation.NamesTls)
            throw new BadInputException(
                "--tls is of the connection to a cluster, and this command runs a silo of its own; name the cluster with --cluster, or leave --tls out."
            );
        var devices = invocation.Devices;
        var guard =
            ArtifactStores.FolderOf(invocation.StoreLocation) is { } directory && Directory.Exists(directory)
                ? StoreGuard.Take(directory)
                : null;
        try
        {
            if (guard is null)
                await RefuseStoreOfAClusterAsync(invocation, store);
            var options = new EmbeddedClusterOptions
            {
                Store = store,
                Devices = devices,
                Configure = host => Log(invocation, host),
                // The process that has the store's lock is alone: a process that held a lease before has ended.
                TrustInEarlierLeases = guard is null ? null : TimeSpan.Zero,
            };
            var cluster = await EmbeddedCluster.StartAsync(options, invocation.CancellationToken);
            return new ClusterSession(guard, cluster, cluster.Grains, store, invocation.Host.Time);
        }
        catch
        {
            guard?.Dispose();
            throw;
        }
    }

    private static void Log(Invocation invocation, IHostApplicationBuilder host) =>
        host.Logging.AddProvider(invocation.Host.Log).AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);

    private static async Task RefuseStoreOfAClusterAsync(Invocation invocation, IArtifactStore store)
    {
        await foreach (var cluster in ActiveClusters.ListAsync(store, invocation.Host.Time, invocation.CancellationToken))
            throw new BadInputException(
                $"The store ({store.Description}) serves the cluster '{cluster.Id}', which was last active at {cluster.LastHeard:HH:mm:ss} UTC; send it work with --cluster {cluster.Id}, wait {ActiveClusters.Silence.TotalMinutes:0} minutes if it is gone for good, or choose another store with --store."
            );
    }
}
