namespace PmSFC.Abstractions.Devices;

/// <summary>Kinds of work for devices.</summary>
public enum WorkKind
{
    /// <summary>Jobs of a sweep.</summary>
    Inversion = 0,

    /// <summary>A subspace set is found.</summary>
    Discovery = 1,

    /// <summary>A network is trained.</summary>
    Training = 2,

    /// <summary>Something else is made that jobs need.</summary>
    Preparation = 3,
}
