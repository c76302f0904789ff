namespace PmSFC.Abstractions.Devices;

/// <summary>What a renewal found.</summary>
public enum LeaseVerdict
{
    /// <summary>Renewed.</summary>
    Held = 0,

    /// <summary>Somebody else has it, or it was given up for lost: stop, and write nothing.</summary>
    Lost = 1,

    /// <summary>No sweep wants the work any more, for good or until a sweep is resumed: checkpoint and stop.</summary>
    Cancelled = 2,
}
