using PmSFC.Abstractions.Failures;

namespace PmSFC.Silo.Imports;

/// <summary>Reads a user's files of weights.</summary>
internal static class CheckpointFile
{
    private const long MaximumBytes = 2L << 30;

    /// <summary>A file's content.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is larger than 2 GiB.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(path)) throw new BadInputException($"'{path}' is a directory; name a file of weights.");
            if (new FileInfo(path) is { Exists: true, Length: > MaximumBytes })
                throw new BadInputException($"'{path}' is larger than the {MaximumBytes >> 30} GiB that are read.");
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"'{path}' does not exist; check the path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); check its permissions and the disk.");
        }
    }
}
