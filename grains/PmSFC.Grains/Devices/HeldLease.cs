using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>A lease as the pool keeps it.</summary>
/// <param name="token">Its fencing token.</param>
/// <param name="share">Its part of the device: 1 over the items of its batch.</param>
/// <param name="since">When it was given.</param>
internal sealed class HeldLease(long token, double share, DateTimeOffset since)
{
    public long Token => token;

    public DateTimeOffset Since => since;

    /// <summary>The work; null for a lease of an earlier epoch whose owner has not reported yet.</summary>
    public WorkItem? Item { get; set; }

    /// <summary>Who holds it; null for a lease of an earlier epoch whose worker has not reported yet.</summary>
    public string? WorkerId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public bool Cancelled { get; set; }

    /// <summary>What its worker measured of the work; null where nothing yet.</summary>
    public MeasuredWork? Measured { get; set; }

    public double DeviceSeconds(DateTimeOffset now) => share * (now - since).TotalSeconds;

    public double DeviceSecondsAtLeast(TimeSpan minimum, DateTimeOffset now) =>
        share * Math.Max(minimum.TotalSeconds, (now - since).TotalSeconds);
}
