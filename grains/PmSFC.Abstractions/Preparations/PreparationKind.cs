namespace PmSFC.Abstractions.Preparations;

/// <summary>What jobs may wait for.</summary>
public enum PreparationKind
{
    /// <summary>A subspace set that is being discovered.</summary>
    Subspaces = 0,

    /// <summary>A network that is being trained.</summary>
    Network = 1,

    /// <summary>One of a later kind, which the status names.</summary>
    Other = 2,
}
