using Microsoft.Extensions.Logging;
using PmSFC.Client.Sweeps;
using PmSFC.Silo;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>A silo in this process, with the store's lock where the store is a directory. Disposing drains it: running jobs keep a checkpoint.</summary>
internal sealed class ClusterSession : IAsyncDisposable
{
    private readonly StoreGuard? _guard;
    private readonly EmbeddedCluster _cluster;
    private bool _disposed;

    private ClusterSession(StoreGuard? guard, EmbeddedCluster cluster, IArtifactStore store, TimeProvider time)
    {
        (_guard, _cluster) = (guard, cluster);
        Store = store;
        Sweeps = new SweepClient(cluster.Grains, store, time);
    }

    /// <summary>The artifacts.</summary>
    public IArtifactStore Store { get; }

    /// <summary>The cluster's sweeps.</summary>
    public SweepClient Sweeps { get; }

    /// <summary>The cluster's grains.</summary>
    public IGrainFactory Grains => _cluster.Grains;

    /// <summary>Starts a silo on a store.</summary>
    public static async Task<ClusterSession> StartAsync(Invocation invocation, IArtifactStore store)
    {
        var guard = Directory.Exists(invocation.StoreLocation) ? StoreGuard.Take(Path.GetFullPath(invocation.StoreLocation)) : null;
        try
        {
            var options = new EmbeddedClusterOptions
            {
                Store = store,
                Threads = invocation.Threads ?? Environment.ProcessorCount,
                CheckpointInterval = invocation.CheckpointInterval,
                Configure = host => host.Logging.AddProvider(invocation.Host.Log).AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning),
            };
            var cluster = await EmbeddedCluster.StartAsync(options, invocation.CancellationToken);
            return new ClusterSession(guard, cluster, store, invocation.Host.Time);
        }
        catch
        {
            guard?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _cluster.DisposeAsync();
        _guard?.Dispose();
    }
}
