namespace PmSFC.Grains.Sweeps;

/// <summary>How sweeps are driven.</summary>
public sealed class SweepOptions
{
    /// <summary>How often a sweep asks again for what it wants and has not; default 20 s.</summary>
    public TimeSpan ReconcilePeriod { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Most jobs asked for at once; default 64.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>Most jobs that are asked about again in one pass, those that run and those asked longest ago first; default 1 000.</summary>
    public int AskedAgainPerPass { get; set; } = 1000;

    /// <summary>Events kept for watchers that come back; default 4 096.</summary>
    public int EventsKept { get; set; } = 4096;

    /// <summary>How often each silo looks for sweeps whose silo died; default 1 min.</summary>
    public TimeSpan WatchdogPeriod { get; set; } = TimeSpan.FromMinutes(1);

    internal bool AreValid() =>
        ReconcilePeriod > TimeSpan.Zero && Concurrency > 0 && AskedAgainPerPass > 0 && EventsKept > 0 && WatchdogPeriod > TimeSpan.Zero;
}
