namespace PmSFC.Testing;

/// <summary>A new folder that goes with all that is in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("pmsfc-test-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
