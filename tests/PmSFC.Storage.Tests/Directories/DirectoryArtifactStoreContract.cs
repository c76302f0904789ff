namespace PmSFC.Storage.Tests;

public sealed class DirectoryArtifactStoreContract : ArtifactStoreContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public DirectoryArtifactStoreContract() => Store = OpenAgain();

    protected override IArtifactStore Store { get; }

    protected override IArtifactStore OpenAgain() => new DirectoryArtifactStore(_directory.Path);

    public void Dispose() => _directory.Dispose();
}
