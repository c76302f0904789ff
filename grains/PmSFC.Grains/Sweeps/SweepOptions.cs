namespace PmSFC.Grains.Sweeps;

/// <summary>How sweeps are driven.</summary>
public sealed class SweepOptions
{
    /// <summary>How often a sweep asks again for what it wants and has not; default 20 s.</summary>
    public TimeSpan ReconcilePeriod { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Most jobs asked for at once; default 64.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>
    /// Jobs of a sweep that wait for a device at once, at least; twice as many as run, where that is more. The others follow as devices take these, so
    /// that what a cluster holds in its queue grows with its devices and not with its sweeps. Default 64.
    /// </summary>
    public int LeastWaiting { get; set; } = 64;

    /// <summary>Longest time after which a job that says nothing is asked how it stands; default 5 min.</summary>
    public TimeSpan LongestSilence { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Most jobs that are asked about again in one pass, those that run and those asked longest ago first; default 1 000.</summary>
    public int AskedAgainPerPass { get; set; } = 1000;

    /// <summary>Events kept for watchers that come back; default 4 096.</summary>
    public int EventsKept { get; set; } = 4096;

    /// <summary>How often each silo looks for sweeps whose silo died; default 1 min.</summary>
    public TimeSpan WatchdogPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether a sweep that ran in a process which is gone goes on in the next one by itself; default true. Where not, it waits until it is started again.
    /// </summary>
    public bool GoesOnByItself { get; set; } = true;

    internal bool AreValid() =>
        ReconcilePeriod > TimeSpan.Zero
        && Concurrency > 0
        && LeastWaiting > 0
        && LongestSilence >= ReconcilePeriod
        && AskedAgainPerPass > 0
        && EventsKept > 0
        && WatchdogPeriod > TimeSpan.Zero;
}
