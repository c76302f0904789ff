using System.Text.RegularExpressions;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging;
using PmSFC.Wording;

namespace PmSFC.Storage;

/// <summary>Opens the store that a location names.</summary>
public static partial class ArtifactStores
{
    /// <summary>The environment variable with the connection string for <c>azure:</c> locations: a secret has no place in an argument.</summary>
    public const string ConnectionVariable = "PMSFC_STORE_CONNECTION";

    /// <summary>The location that means the emulator on this machine.</summary>
    public const string Emulator = "azurite";

    /// <summary>What a location may be, as the end of a sentence.</summary>
    public const string Kinds = "a directory, azurite, azure:<container> or a container's https address";

    private const string ByConnectionPrefix = "azure:", AddressPrefix = "https://", EmulatorContainer = "pmsfc";

    /// <summary>Whether a location names a directory, and no kind of Blob container or unknown scheme.</summary>
    public static bool IsDirectory(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location != Emulator && !IsByConnection(location) && !IsAddress(location) && Fault(location) is null;
    }

    /// <summary>The location as the rest of the product takes it: a directory's <c>~</c> expanded.</summary>
    /// <exception cref="ArgumentException">It names no store; the message is a clause that follows "but".</exception>
    public static string Normalize(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (Fault(location) is { } fault) throw new ArgumentException(fault);
        return IsDirectory(location) ? HomeFolder.Expand(location) : location;
    }

    /// <summary>
    /// Opens a store. The location is a directory; or <c>azurite</c>, the emulator on 127.0.0.1:10000; or <c>azure:</c> and a container's
    /// name, with the account in <see cref="ConnectionVariable"/>; or a container's https address, entered by this process's Azure identity.
    /// </summary>
    /// <exception cref="ArgumentException">The location names no store; the message says what is wrong.</exception>
    /// <exception cref="StoreException">The directory is to be written, and cannot be made or written.</exception>
    public static IArtifactStore Open(
        string location, TimeProvider? time = null, ILoggerFactory? loggers = null, StoreAccess access = StoreAccess.ReadWrite) =>
        Open(location, Environment.GetEnvironmentVariable, time, loggers, access);

    internal static IArtifactStore Open(
        string location, Func<string, string?> environment, TimeProvider? time = null, ILoggerFactory? loggers = null,
        StoreAccess access = StoreAccess.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (string.IsNullOrWhiteSpace(location)) throw new ArgumentException($"the store's location is empty: give {Kinds}.");
        if (Fault(location) is { } fault) throw new ArgumentException($"the store's location is '{ShownText.Line(location)}', but {fault}.");
        if (location == Emulator)
            return Blobs(new BlobServiceClient("UseDevelopmentStorage=true", Client()).GetBlobContainerClient(EmulatorContainer));
        if (IsByConnection(location))
            return Blobs(ByConnection(location[ByConnectionPrefix.Length..], environment(ConnectionVariable), Client()));
        if (IsAddress(location))
            return Blobs(new BlobContainerClient(ContainerAddress(location), new DefaultAzureCredential(), Client()));
        return new DirectoryArtifactStore(HomeFolder.Expand(location), time, access, loggers?.CreateLogger<DirectoryArtifactStore>());

        BlobArtifactStore Blobs(BlobContainerClient container) =>
            new(container, time: time, logger: loggers?.CreateLogger<BlobArtifactStore>());
    }

    internal static bool IsByConnection(string location) =>
        location.StartsWith(ByConnectionPrefix, StringComparison.Ordinal) && !location.StartsWith($"{ByConnectionPrefix}//", StringComparison.Ordinal);

    internal static bool IsAddress(string location) => location.StartsWith(AddressPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Why a location names no store, as a clause that follows "but"; or null. What looks like a misspelt kind is no directory's name.</summary>
    private static string? Fault(string location)
    {
        if (string.IsNullOrWhiteSpace(location)) return $"a location must be {Kinds}";
        if (location == Emulator || IsByConnection(location) || IsAddress(location)) return null;
        var asDirectory = $"for a directory of that name write ./{ShownText.Line(location)}";
        if (location.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
            return $"'{ShownText.Line(location[..scheme])}' is not a kind of store: give {Kinds}; {asDirectory}";
        // What exists is what it is; what does not and looks like a misspelt kind would become a directory that nobody looks for.
        if (Directory.Exists(location) || KindLike().Match(location) is not { Success: true } word) return null;
        var kinds = new[] { Emulator, "azure", "https" }.Where(kind => kind[0] == char.ToLowerInvariant(location[0]));
        return Spelling.Nearest(word.Groups[1].Value, kinds) is { } meant
            ? $"looks like a misspelt '{(meant == Emulator ? meant : meant == "azure" ? "azure:<container>" : AddressPrefix)}': give {Kinds}; {asDirectory}"
            : null;
    }

    /// <summary>Settings for a client whose retries are left to <see cref="BlobArtifactStore"/>.</summary>
    internal static BlobClientOptions Client() =>
        new(BlobClientOptions.ServiceVersion.V2025_01_05) { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(60) } };

    /// <summary>A container of the account that a connection string names.</summary>
    /// <exception cref="ArgumentException">There is no such string, or the container's name is none; the message is a sentence that holds no secret.</exception>
    internal static BlobContainerClient ByConnection(string container, string? connection, BlobClientOptions options)
    {
        if (!ContainerName().IsMatch(container))
            throw new ArgumentException(
                $"'{container}' is not a container's name: use 3 to 63 lower-case letters, digits and single '-', beginning and ending with a " +
                "letter or digit.");
        if (string.IsNullOrWhiteSpace(connection))
            throw new ArgumentException(
                $"azure:{container} needs the storage account's connection string in the environment variable {ConnectionVariable}, which is " +
                "not set.");
        try
        {
            return new BlobContainerClient(connection, container, options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // Without the cause: it may quote the string.
            throw new ArgumentException(
                $"the environment variable {ConnectionVariable} holds no connection string of a storage account: copy it from the account's " +
                "access keys.");
        }
    }

    private static Uri ContainerAddress(string location)
    {
        if (!Uri.TryCreate(location, UriKind.Absolute, out var address) || !ContainerName().IsMatch(address.AbsolutePath.Trim('/')))
            throw new ArgumentException(
                "the store's address names no container: give https://<account>.blob.core.windows.net/<container>.");
        if (address.Query.Length > 0 || address.UserInfo.Length > 0)
            throw new ArgumentException(
                $"the store's address carries a secret, which others can read in the list of processes: put it into {ConnectionVariable} and " +
                "name the store azure:<container>.");
        return address;
    }

    // A bare word, or one before a colon or two slashes.
    [GeneratedRegex(@"\A([A-Za-z0-9]+)(\z|:|//)")]
    private static partial Regex KindLike();

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex ContainerName();
}
