using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace PmSFC.Storage.Tests;

/// <summary>Containers of the emulator, as the product's clients reach them.</summary>
internal static class AzuriteContainers
{
    /// <summary>A client of a container.</summary>
    /// <param name="azurite">The emulator.</param>
    /// <param name="name">The container's name.</param>
    /// <param name="handler">What requests go through; the network by default.</param>
    /// <param name="key">The account's key.</param>
    public static BlobContainerClient Container(
        this Azurite azurite,
        string name,
        HttpMessageHandler? handler = null,
        string key = Azurite.Key
    )
    {
        var options = BlobLocation.Client();
        if (handler is not null)
            options.Transport = new HttpClientTransport(new HttpClient(handler));
        return new BlobServiceClient(
            azurite.Endpoint,
            new StorageSharedKeyCredential(Azurite.Account, key),
            options
        ).GetBlobContainerClient(name);
    }
}
