namespace PmSFC.Storage.Tests;

public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pmsfc-store-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
