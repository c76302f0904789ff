using PmSFC.Imaging;

namespace PmSFC.Client.Images;

/// <summary>An image file, in a folder or in a set of the store.</summary>
/// <param name="Path">What messages call it; its last part is the file's name.</param>
/// <param name="ReadAsync">Reads the whole file; throws <see cref="ImageException"/> where it cannot.</param>
internal sealed record ImageInput(string Path, Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>> ReadAsync)
{
    /// <summary>A file that the user names.</summary>
    public static ImageInput OfFile(string path) => new(path, _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(ImageFile.ReadContent(path)));
}
