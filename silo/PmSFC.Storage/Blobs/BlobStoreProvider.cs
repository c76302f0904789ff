using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging;

namespace PmSFC.Storage;

/// <summary>
/// Stores in containers of Azure Blob Storage: the emulator's, one of the account that <see cref="ArtifactStores.ConnectionVariable"/> names, or one by its
/// https address, entered by this process's Azure identity.
/// </summary>
internal sealed class BlobStoreProvider : IArtifactStoreProvider
{
    private const string ByConnection = $"{BlobLocation.ConnectionPrefix}<container>",
        EmulatorContainer = "pmsfc";

    /// <inheritdoc/>
    public IReadOnlyList<string> Forms { get; } = [BlobLocation.Emulator, ByConnection, "a container's https address"];

    /// <inheritdoc/>
    public IReadOnlyList<StoreKeyword> Keywords { get; } =
    [new(BlobLocation.Emulator, BlobLocation.Emulator), new("azure", ByConnection), new("https", BlobLocation.AddressPrefix)];

    /// <inheritdoc/>
    public bool Takes(string location) =>
        location == BlobLocation.Emulator || BlobLocation.IsByConnection(location) || BlobLocation.IsAddress(location);

    /// <inheritdoc/>
    public IArtifactStore Open(string location, StoreOpening opening) =>
        new BlobArtifactStore(
            ContainerOf(location, opening),
            time: opening.Time,
            logger: opening.Loggers?.CreateLogger<BlobArtifactStore>()
        );

    private static BlobContainerClient ContainerOf(string location, StoreOpening opening)
    {
        var client = BlobLocation.Client();
        if (location == BlobLocation.Emulator)
            return new BlobServiceClient("UseDevelopmentStorage=true", client).GetBlobContainerClient(EmulatorContainer);
        return BlobLocation.IsByConnection(location)
            ? BlobLocation.Container(
                location[BlobLocation.ConnectionPrefix.Length..],
                opening.Environment(ArtifactStores.ConnectionVariable),
                client
            )
            : new BlobContainerClient(BlobLocation.ContainerAddress(location), new DefaultAzureCredential(), client);
    }
}
