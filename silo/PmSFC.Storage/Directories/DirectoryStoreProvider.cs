using Microsoft.Extensions.Logging;

namespace PmSFC.Storage;

/// <summary>Stores in directories, by their paths.</summary>
internal sealed class DirectoryStoreProvider : IArtifactStoreProvider
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Forms { get; } = ["a directory"];

    /// <inheritdoc/>
    public IReadOnlyList<StoreKeyword> Keywords => [];

    /// <summary>Whether there is such a directory; any other path may become one.</summary>
    public bool Takes(string location) => Directory.Exists(location);

    /// <inheritdoc/>
    public string Normalize(string location) => HomeFolder.Expand(location);

    /// <inheritdoc/>
    public string? FolderOf(string location) => Path.GetFullPath(location);

    /// <inheritdoc/>
    public IArtifactStore Open(string location, StoreOpening opening) =>
        new DirectoryArtifactStore(
            HomeFolder.Expand(location),
            opening.Time,
            opening.Access,
            opening.Loggers?.CreateLogger<DirectoryArtifactStore>()
        );
}
