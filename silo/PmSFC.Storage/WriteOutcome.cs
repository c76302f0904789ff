namespace PmSFC.Storage;

/// <summary>What became of a write-once.</summary>
public enum WriteOutcome
{
    /// <summary>This call wrote the artifact.</summary>
    Created,

    /// <summary>Another call had written an artifact of that name; it is unchanged.</summary>
    AlreadyExists,
}
