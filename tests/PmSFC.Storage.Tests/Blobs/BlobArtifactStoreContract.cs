namespace PmSFC.Storage.Tests;

[NeedsAzurite]
[Collection(AzuriteCollection.Name)]
public sealed class BlobArtifactStoreContract : ArtifactStoreContract
{
    private readonly Azurite _azurite;
    private readonly string _container = Azurite.FreshContainer();

    public BlobArtifactStoreContract(Azurite azurite)
    {
        _azurite = azurite;
        Store = OpenAgain();
    }

    protected override IArtifactStore Store { get; }

    protected override IArtifactStore OpenAgain() => new BlobArtifactStore(_azurite.Container(_container));
}
