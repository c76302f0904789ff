using Microsoft.Extensions.Logging;

namespace PmSFC.Storage;

/// <summary>Opens the store that a location names. A new kind of store is a class and its place in the list below.</summary>
public static class ArtifactStores
{
    /// <summary>The environment variable with the connection string for <c>azure:</c> locations: a secret has no place in an argument.</summary>
    public const string ConnectionVariable = "PMSFC_STORE_CONNECTION";

    private static readonly StoreCatalog Catalog = new(new DirectoryStoreProvider(), new BlobStoreProvider());

    /// <summary>What a location may be, as the end of a sentence.</summary>
    public static string Kinds => Catalog.Kinds;

    /// <summary>The full path of the folder of this machine that a store is, there or not; null where it is reached in another way, or its location names none.</summary>
    public static string? FolderOf(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Catalog.FolderOf(location);
    }

    /// <summary>Whether a location names a store that is known not to be there, without asking anything but this machine.</summary>
    public static bool IsMissing(string location) => FolderOf(location) is { } folder && !Path.Exists(folder);

    /// <summary>The location as the rest of the product takes it: a folder's <c>~</c> expanded.</summary>
    /// <exception cref="ArgumentException">It names no store; the message is a clause that follows "but".</exception>
    public static string Normalize(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Catalog.Normalize(location);
    }

    /// <summary>
    /// Opens a store. The location is a directory; or <c>azurite</c>, the emulator on 127.0.0.1:10000; or <c>azure:</c> and a container's
    /// name, with the account in <see cref="ConnectionVariable"/>; or a container's https address, entered by this process's Azure identity.
    /// </summary>
    /// <exception cref="ArgumentException">The location names no store; the message says what is wrong.</exception>
    /// <exception cref="StoreException">The directory is to be written, and cannot be made or written.</exception>
    public static IArtifactStore Open(
        string location,
        TimeProvider? time = null,
        ILoggerFactory? loggers = null,
        StoreAccess access = StoreAccess.ReadWrite
    ) =>
        Open(
            location,
            new StoreOpening
            {
                Time = time,
                Loggers = loggers,
                Access = access,
            }
        );

    /// <summary>As the other.</summary>
    internal static IArtifactStore Open(string location, StoreOpening opening)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Catalog.Open(location, opening);
    }
}
