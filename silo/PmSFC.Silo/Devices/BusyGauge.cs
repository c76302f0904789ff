using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Silo.Devices;

/// <summary>Records the share of time that a device computed since the last reading.</summary>
internal sealed class BusyGauge(Device device, TimeProvider time)
{
    private TimeSpan _busy;
    private long _read = time.GetTimestamp();

    public void Record()
    {
        var now = time.GetTimestamp();
        var (busy, elapsed) = (device.Thread.Busy, time.GetElapsedTime(_read, now));
        if (elapsed <= TimeSpan.Zero) return;
        PmSFCMetrics.DeviceBusy.Record(
            Math.Clamp((busy - _busy) / elapsed, 0, 1), new KeyValuePair<string, object?>(PmSFCMetrics.DeviceAttribute, device.Name));
        (_busy, _read) = (busy, now);
    }
}
