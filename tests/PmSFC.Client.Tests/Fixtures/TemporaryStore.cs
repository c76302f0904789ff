using PmSFC.Storage;

namespace PmSFC.Client.Tests.Fixtures;

/// <summary>A folder with a store in it, both gone after the test.</summary>
public sealed class TemporaryStore : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public TemporaryStore() => Store = new DirectoryArtifactStore(PathOf("store"));

    public IArtifactStore Store { get; }

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    public void Dispose() => _folder.Dispose();
}
