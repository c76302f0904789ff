using System.Text.RegularExpressions;
using Azure.Storage.Blobs;

namespace PmSFC.Storage;

/// <summary>How containers and blobs of Azure Blob Storage are named.</summary>
public static partial class BlobLocation
{
    /// <summary>The location that means the emulator on this machine.</summary>
    public const string Emulator = "azurite";

    internal const string ConnectionPrefix = "azure:",
        AddressPrefix = "https://";

    internal static bool IsByConnection(string location) =>
        location.StartsWith(ConnectionPrefix, StringComparison.Ordinal)
        && !location.StartsWith($"{ConnectionPrefix}//", StringComparison.Ordinal);

    internal static bool IsAddress(string location) => location.StartsWith(AddressPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Settings for a client whose retries are left to <see cref="BlobArtifactStore"/>.</summary>
    internal static BlobClientOptions Client() =>
        new(BlobClientOptions.ServiceVersion.V2025_01_05) { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(60) } };

    /// <summary>A container of the account that a connection string names.</summary>
    /// <exception cref="ArgumentException">There is no such string, or the container's name is none; the message is a sentence that holds no secret.</exception>
    internal static BlobContainerClient Container(string container, string? connection, BlobClientOptions options)
    {
        if (!ContainerName().IsMatch(container))
            throw new ArgumentException(
                $"'{container}' is not a container's name: use 3 to 63 lower-case letters, digits and single '-', beginning and ending with a "
                    + "letter or digit."
            );
        if (string.IsNullOrWhiteSpace(connection))
            throw new ArgumentException(
                $"{ConnectionPrefix}{container} needs the storage account's connection string in the environment variable {ArtifactStores.ConnectionVariable}, "
                    + "which is not set."
            );
        try
        {
            return new BlobContainerClient(connection, container, options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // Without the cause: it may quote the string.
            throw new ArgumentException(
                $"the environment variable {ArtifactStores.ConnectionVariable} holds no connection string of a storage account: copy it from the account's "
                    + "access keys."
            );
        }
    }

    /// <summary>The https address of a container.</summary>
    /// <exception cref="ArgumentException">It names none, or carries a secret; the message is a sentence that does not tell it.</exception>
    internal static Uri ContainerAddress(string location)
    {
        if (!Uri.TryCreate(location, UriKind.Absolute, out var address) || !ContainerName().IsMatch(address.AbsolutePath.Trim('/')))
            throw new ArgumentException(
                "the store's address names no container: give https://<account>.blob.core.windows.net/<container>."
            );
        if (address.Query.Length > 0 || address.UserInfo.Length > 0)
            throw new ArgumentException(
                $"the store's address carries a secret, which others can read in the list of processes: put it into {ArtifactStores.ConnectionVariable} and "
                    + "name the store azure:<container>."
            );
        return address;
    }

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex ContainerName();
}
