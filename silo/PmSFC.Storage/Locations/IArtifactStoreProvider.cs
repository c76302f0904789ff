namespace PmSFC.Storage;

/// <summary>One kind of store, by the locations that name one.</summary>
public interface IArtifactStoreProvider
{
    /// <summary>What its locations may be, each as one of a list for people: <c>azure:&lt;container&gt;</c>.</summary>
    IReadOnlyList<string> Forms { get; }

    /// <summary>The words that its locations are or begin with, for those who misspell them.</summary>
    IReadOnlyList<StoreKeyword> Keywords { get; }

    /// <summary>Whether a location is meant as one of its own. It may still have a fault, which <see cref="Open"/> tells.</summary>
    bool Takes(string location);

    /// <summary>The location as the rest of the product takes it.</summary>
    /// <exception cref="ArgumentException">It has a fault that is known by now; the message is a clause that follows "but".</exception>
    string Normalize(string location) => location;

    /// <summary>The full path of the folder of this machine that the store is, there or not; null where it is reached in another way.</summary>
    /// <param name="location">A location as <see cref="Normalize"/> gives it.</param>
    string? FolderOf(string location) => null;

    /// <summary>Opens a store.</summary>
    /// <exception cref="ArgumentException">The location has a fault; the message is a sentence that holds no secret.</exception>
    /// <exception cref="StoreException">The store is to be written, and is known by now to be none that can be.</exception>
    IArtifactStore Open(string location, StoreOpening opening);
}
