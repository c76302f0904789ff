namespace PmSFC.Abstractions.Sweeps;

/// <summary>What a sweep is doing, as clients see it.</summary>
public enum SweepState
{
    /// <summary>Its jobs are wanted.</summary>
    Running = 0,

    /// <summary>Every job is in a final state.</summary>
    Finished = 1,

    /// <summary>It was cancelled; results are kept.</summary>
    Cancelled = 2,

    /// <summary>More of its jobs failed than its failure budget allows; results are kept.</summary>
    Stopped = 3,

    /// <summary>It is paused until it is resumed.</summary>
    Paused = 4,
}
