namespace PmSFC.Silo.Devices;

/// <summary>The outcome of one attempt at an item.</summary>
public enum WorkOutcome
{
    /// <summary>Its artifacts are stored.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was given back because the silo leaves.</summary>
    Released,

    /// <summary>Its lease was lost.</summary>
    Lost,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
