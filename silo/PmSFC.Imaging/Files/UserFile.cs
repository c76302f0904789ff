using PmSFC.Wording;

namespace PmSFC.Imaging.Files;

/// <summary>
/// Opens files that a user names. A name may lead to anything, and opening a pipe waits for a writer, without end and without heeding signals: only regular
/// files are opened, so that neither opening nor reading ever waits, and a file's length bounds what there is to read.
/// </summary>
public static class UserFile
{
    /// <summary>Opens a regular file, or the one that a symbolic link leads to, for reading.</summary>
    /// <param name="path">The path as the user wrote it.</param>
    /// <param name="expected">What the user should name instead, such as "an image file".</param>
    /// <exception cref="UserFileException">There is nothing of that name, it is no regular file, or it may not be read.</exception>
    public static FileStream OpenRead(string path, string expected)
    {
        try
        {
            if (Directory.Exists(path))
                throw new UserFileException(path, $"is a directory; name {expected} in it.");
            if (FileStatus.KindOf(path) is var kind and not (FileKind.Regular or FileKind.Unknown))
                throw new UserFileException(path, $"is not a regular file but {Described(kind)}; name {expected}.");
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserFileException(
                path,
                path.Contains('\uFFFD', StringComparison.Ordinal)
                        ? "cannot be found, because a name on its path is not UTF-8; rename that file or folder."
                    : new FileInfo(path).LinkTarget is { } target
                        ? $"is a link to {ShownText.Line(target)}, which does not exist; remove the link, or put that file there."
                    : "does not exist; check the path.",
                missing
            );
        }
        catch (Exception unreadable)
            when (unreadable is IOException and not UserFileException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserFileException(
                path,
                $"cannot be read ({unreadable.Message.TrimEnd('.')}); check its permissions and the disk.",
                unreadable
            );
        }
    }

    /// <summary>The content of a regular file.</summary>
    /// <param name="path">The path as the user wrote it.</param>
    /// <param name="expected">What the user should name instead, such as "an image file".</param>
    /// <param name="maximumBytes">The most bytes that are read.</param>
    /// <param name="advice">What to do about a larger file: the sentence's rest, such as "scale it down".</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="UserFileException">The file cannot be opened or read, or is larger.</exception>
    public static byte[] ReadAll(
        string path,
        string expected,
        long maximumBytes,
        string advice,
        CancellationToken cancellationToken = default
    )
    {
        using var file = OpenRead(path, expected);
        try
        {
            if (file.Length > maximumBytes)
                throw new UserFileException(path, $"is larger than the {Shown(maximumBytes)} that are read; {advice}.");
            var content = new byte[file.Length];
            var length = 0;
            for (int read; length < content.Length; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                read = file.Read(content.AsSpan(length, Math.Min(content.Length - length, 1 << 20)));
                if (read == 0)
                    break;
            }

            return length == content.Length ? content : content[..length];
        }
        catch (Exception unreadable) when (unreadable is IOException and not UserFileException or UnauthorizedAccessException)
        {
            throw new UserFileException(
                path,
                $"cannot be read ({unreadable.Message.TrimEnd('.')}); check its permissions and the disk.",
                unreadable
            );
        }
    }

    private static string Described(FileKind kind) =>
        kind switch
        {
            FileKind.Pipe => "a named pipe",
            FileKind.Socket => "a socket",
            _ => "a device",
        };

    private static string Shown(long bytes) => bytes % 1_000_000 == 0 ? $"{bytes / 1_000_000} MB" : $"{bytes >> 20} MiB";
}
