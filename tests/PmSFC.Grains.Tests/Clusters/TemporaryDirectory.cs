namespace PmSFC.Grains.Tests.Clusters;

internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pmsfc-grains-");

    public string Path => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
