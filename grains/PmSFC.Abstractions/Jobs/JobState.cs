namespace PmSFC.Abstractions.Jobs;

/// <summary>Where a job is. <see cref="Succeeded"/>, <see cref="Failed"/> and <see cref="Cancelled"/> are final.</summary>
public enum JobState
{
    /// <summary>Its subspace set is not stored yet.</summary>
    WaitingForSubspaces = 0,

    /// <summary>Queued, and no device that could take it is connected.</summary>
    WaitingForCapacity = 1,

    /// <summary>Queued; a device will take it.</summary>
    Queued = 2,

    /// <summary>A device holds its lease.</summary>
    Running = 3,

    /// <summary>Its worker was lost; it goes on from its last checkpoint when a device takes it.</summary>
    Lost = 4,

    /// <summary>Its result is stored.</summary>
    Succeeded = 5,

    /// <summary>It failed, and its retry rule allows no further attempt.</summary>
    Failed = 6,

    /// <summary>No sweep wants it any more.</summary>
    Cancelled = 7,

    /// <summary>Its network is not stored yet.</summary>
    WaitingForNetwork = 8,

    /// <summary>Something that it needs, neither a subspace set nor a network, is not stored yet.</summary>
    WaitingForPreparation = 9,
}
