using Azure.Data.Tables;
using Azure.Identity;
using PmSFC.Storage;

namespace PmSFC.SiloHost.Membership;

/// <summary>Table Storage in the account of an artifact store.</summary>
internal static class AccountTables
{
    private const string BlobHost = ".blob.",
        TableHost = ".table.";

    /// <summary>Opens it; no request is sent yet.</summary>
    /// <param name="store">The location of a store that is no directory, as <see cref="ArtifactStores.Open(string, TimeProvider?, Microsoft.Extensions.Logging.ILoggerFactory?, StoreAccess)"/> takes it.</param>
    /// <param name="environment">Gives the connection string.</param>
    /// <exception cref="ArgumentException">The account's tables cannot be told from the store; the message says why.</exception>
    public static TableServiceClient Open(string store, Func<string, string?> environment)
    {
        if (Uri.TryCreate(store, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
            return new TableServiceClient(
                new UriBuilder(address) { Host = address.Host.Replace(BlobHost, TableHost, StringComparison.Ordinal), Path = "" }.Uri,
                new DefaultAzureCredential()
            );
        if (store == BlobLocation.Emulator)
            return new TableServiceClient("UseDevelopmentStorage=true");
        try
        {
            return new TableServiceClient(environment(ArtifactStores.ConnectionVariable));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            // Without the cause: it may quote the string.
            throw new ArgumentException(
                $"the environment variable {ArtifactStores.ConnectionVariable} does not tell where the account's tables are: copy the whole connection string from the account's access keys, or set membership to store."
            );
        }
    }
}
