namespace PmSFC.Storage.Tests;

public sealed class MemoryArtifactStoreContract : ArtifactStoreContract
{
    private readonly MemoryStoreProvider _provider = new();

    protected override IArtifactStore Store => OpenAgain();

    protected override IArtifactStore OpenAgain() => _provider.Open("memory:contract", new StoreOpening());
}
