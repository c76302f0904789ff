namespace PmSFC.Storage;

/// <summary>What an artifact's seal says.</summary>
public enum SealState
{
    /// <summary>There is none: an earlier version wrote it.</summary>
    None,

    /// <summary>The artifact is as it was written.</summary>
    Intact,

    /// <summary>The artifact has changed since it was written.</summary>
    Broken,
}
