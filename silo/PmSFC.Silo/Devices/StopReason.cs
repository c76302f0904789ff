namespace PmSFC.Silo.Devices;

/// <summary>Why work on an item must stop at the next iteration; of several reasons the greatest holds.</summary>
public enum StopReason
{
    /// <summary>It goes on.</summary>
    None = 0,

    /// <summary>The silo leaves: checkpoint and release.</summary>
    Draining = 1,

    /// <summary>Nobody wants the work any more, for good or until a sweep is resumed: checkpoint, and write nothing else.</summary>
    Cancelled = 2,

    /// <summary>The lease is another's: write nothing.</summary>
    Lost = 3,
}
