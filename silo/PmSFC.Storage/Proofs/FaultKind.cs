namespace PmSFC.Storage;

/// <summary>What is wrong with an artifact.</summary>
public enum FaultKind
{
    /// <summary>It is not what was stored, or cannot be read.</summary>
    Damaged,

    /// <summary>What is stored needs it, and it is not there.</summary>
    Missing,

    /// <summary>It belongs to something else, or to nothing.</summary>
    Foreign,
}
