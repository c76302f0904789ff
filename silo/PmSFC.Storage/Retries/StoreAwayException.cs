namespace PmSFC.Storage;

/// <summary>An attempt found the store away.</summary>
/// <param name="answer">What the store did, as what follows its name: "answered 503".</param>
/// <param name="cause">The failure itself.</param>
internal sealed class StoreAwayException(string answer, Exception cause) : Exception($"The store {answer}.", cause)
{
    /// <summary>What the store did, as what follows its name.</summary>
    public string Answer => answer;
}
