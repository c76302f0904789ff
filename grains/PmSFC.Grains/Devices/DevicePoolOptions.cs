using PmSFC.Grains.Devices.Scheduling;

namespace PmSFC.Grains.Devices;

/// <summary>How a device pool leases and shares.</summary>
public sealed class DevicePoolOptions
{
    /// <summary>How long a lease holds without renewal; default 30 s.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For how long a pool that replaces a lost one believes workers and owners who speak of its leases; null, the default, for
    /// <see cref="LeaseDuration"/>. Zero where no worker of before can be alive: what they held waits again at once.
    /// </summary>
    public TimeSpan? TrustInEarlierLeases { get; set; }

    /// <summary>How long a device counts as connected after its last message; default 30 s.</summary>
    public TimeSpan DeviceTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Which work comes first, of what waits with one priority; default the fair share between owners.</summary>
    public ISchedulingPolicy Scheduling { get; set; } = SchedulingPolicies.Default;

    /// <summary>Time in which past use of devices loses half its weight in the fair share; default 10 min.</summary>
    public TimeSpan UsageHalfLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Device time that a lease counts at least while it runs, so that an owner who has just been served waits its turn; default 10 s.</summary>
    public TimeSpan MinimumCharge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Device time that an item counts in the pool's load while nothing alike was measured; default 60 s.</summary>
    public TimeSpan UnmeasuredCharge { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often leases are checked for expiry and owners notified of devices that connected or left; default 1 s.</summary>
    public TimeSpan CheckPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most owners that one check notifies of a change; default 1 000.</summary>
    public int NoticesPerCheck { get; set; } = 1000;

    internal bool AreValid() =>
        LeaseDuration > TimeSpan.Zero
        && !(TrustInEarlierLeases < TimeSpan.Zero)
        && DeviceTimeout > TimeSpan.Zero
        && UsageHalfLife > TimeSpan.Zero
        && MinimumCharge >= TimeSpan.Zero
        && UnmeasuredCharge > TimeSpan.Zero
        && CheckPeriod > TimeSpan.Zero
        && CheckPeriod <= LeaseDuration
        && NoticesPerCheck > 0;
}
