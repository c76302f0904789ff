namespace PmSFC.Storage;

/// <summary>A store failed. The message is one sentence that says what is wrong, where, and what to do; it holds no secret.</summary>
[GenerateSerializer]
[Alias("PmSFC.StoreException")]
public sealed class StoreException : IOException
{
    /// <summary>A failure of the given kind.</summary>
    public StoreException(StoreFailure kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>Why the store failed.</summary>
    [Id(0)]
    public StoreFailure Kind { get; private set; }
}
