using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Silo.Devices;

/// <summary>Records now and then which share of the time since the last reading a device computed.</summary>
internal sealed class BusyGauge(Device device, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private TimeSpan _busy;
    private long _read = time.GetTimestamp();

    /// <summary>Records until cancelled, and once more then.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                Record();
        }
        catch (OperationCanceledException)
        {
            Record();
        }
    }

    private void Record()
    {
        var now = time.GetTimestamp();
        var (busy, elapsed) = (device.Thread.Busy, time.GetElapsedTime(_read, now));
        if (elapsed <= TimeSpan.Zero)
            return;
        PmSFCMetrics.DeviceBusy.Record(
            Math.Clamp((busy - _busy) / elapsed, 0, 1),
            new KeyValuePair<string, object?>(PmSFCMetrics.DeviceAttribute, device.Name)
        );
        (_busy, _read) = (busy, now);
    }
}
