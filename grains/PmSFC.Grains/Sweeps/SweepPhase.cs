namespace PmSFC.Grains.Sweeps;

/// <summary>What a sweep is doing.</summary>
internal enum SweepPhase
{
    /// <summary>Never started.</summary>
    None = 0,

    /// <summary>Its jobs are wanted.</summary>
    Running = 1,

    /// <summary>Its jobs are being given up.</summary>
    Cancelling = 2,

    /// <summary>Its jobs are given up.</summary>
    Cancelled = 3,

    /// <summary>Every job is in a final state.</summary>
    Finished = 4,

    /// <summary>Too many of its jobs failed: what waits is being given up, and what runs may end.</summary>
    Stopping = 5,

    /// <summary>Too many of its jobs failed, and what was left is given up.</summary>
    Stopped = 6,

    /// <summary>What is not stored is being given up until it is wanted again.</summary>
    Pausing = 7,

    /// <summary>It is paused.</summary>
    Paused = 8,
}
