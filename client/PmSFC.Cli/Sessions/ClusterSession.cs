using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Progress;
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
                DeviceMemoryBytes = invocation.MemoryBytes,
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

    /// <summary>Checks that whatever a plan still asks for fits into the device's memory: another device will never come here.</summary>
    /// <exception cref="BadInputException">Something does not.</exception>
    public async Task CheckMemoryAsync(SweepPlan plan, CancellationToken cancellationToken) =>
        CheckMemory(await Sweeps.ForecastAsync(plan, cancellationToken));

    /// <summary>Checks that whatever a forecast says is left fits into the device's memory.</summary>
    /// <exception cref="BadInputException">Something does not.</exception>
    public void CheckMemory(SweepForecast forecast)
    {
        if (forecast.Cells.MaxBy(cell => cell.BytesLeft) is not { } largest || largest.BytesLeft <= _cluster.DeviceMemoryBytes) return;
        var what = largest.BytesPerJob == largest.BytesLeft ? "a job" : "the training of the network";
        throw new BadInputException(
            $"'{largest.Label}' needs {Amounts.Bytes(largest.BytesLeft)} for {what}, but this device offers {Amounts.Bytes(_cluster.DeviceMemoryBytes)}; "
            + "offer more with --memory where the machine has it, or run it on a larger machine.");
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
