namespace PmSFC.Storage;

/// <summary>What a store is opened for.</summary>
public enum StoreAccess
{
    /// <summary>Reading and writing: a directory is made where it is missing, and is shown to be writable before any work begins.</summary>
    ReadWrite,

    /// <summary>Reading: nothing is made, so that a directory may be one that this user cannot write. A write is still tried, and says why it fails.</summary>
    Read,
}
