namespace PmSFC.Client.ImageSets;

/// <summary>What an import did to a set's record.</summary>
public enum ImportOutcome
{
    /// <summary>There was no set of that name.</summary>
    Created,

    /// <summary>The set had these very images already.</summary>
    Unchanged,

    /// <summary>The set had other images, or a damaged record.</summary>
    Replaced,
}
