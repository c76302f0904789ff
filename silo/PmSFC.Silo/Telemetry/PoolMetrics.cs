using Microsoft.Extensions.Hosting;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Silo.Telemetry;

/// <summary>Reads the device pool now and then for the metrics of its queue, while somebody listens to them.</summary>
internal sealed class PoolMetrics(IGrainFactory grains, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pool = grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default);
        try
        {
            for (; ; await Task.Delay(Interval, time, stoppingToken))
            {
                if (!PmSFCMetrics.QueueDepth.Enabled)
                    continue;
                try
                {
                    var status = await pool.GetStatus(stoppingToken);
                    PmSFCMetrics.QueueDepth.Record(status.Queued);
                    PmSFCMetrics.QueueRunning.Record(status.Leased);
                    PmSFCMetrics.DevicesWorking.Record(status.Devices.Count(device => device.Leases > 0));
                    PmSFCMetrics.LeaseAge.Record(status.OldestLease.TotalSeconds);
                    PmSFCMetrics.Devices.Record(status.Devices.Length);
                    if (status.Loads is not { } loads)
                        continue;
                    PmSFCMetrics.QueueWork.Record(
                        loads.Sum(load => load.QueuedSeconds),
                        new KeyValuePair<string, object?>(PmSFCMetrics.WorkStateAttribute, "queued")
                    );
                    PmSFCMetrics.QueueWork.Record(
                        loads.Sum(load => load.RunningSeconds),
                        new KeyValuePair<string, object?>(PmSFCMetrics.WorkStateAttribute, "running")
                    );
                }
                catch (Exception e) when (e is OrleansException or TimeoutException)
                {
                    // The pool moves to another silo, or this one is leaving: the next reading tells.
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }
}
