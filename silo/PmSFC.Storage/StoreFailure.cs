namespace PmSFC.Storage;

/// <summary>Why a store failed, for retry rules.</summary>
public enum StoreFailure
{
    /// <summary>No space is left: somebody must free some.</summary>
    Full,

    /// <summary>The store did not answer within the patience given to it: a later try may succeed.</summary>
    Unavailable,

    /// <summary>The store answers but does not let this process in: a retry is of no use.</summary>
    Refused,

    /// <summary>What is stored cannot be understood: a retry is of no use.</summary>
    Damaged,

    /// <summary>What is stored is of a later version of the product: that version reads it.</summary>
    Newer,
}
