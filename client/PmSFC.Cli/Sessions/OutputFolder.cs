using System.Text;
using PmSFC.Abstractions.Failures;
using PmSFC.Client.Reports;

namespace PmSFC.Cli.Sessions;

/// <summary>A folder that the user chose for results.</summary>
internal static class OutputFolder
{
    // What file systems take for a name, in bytes of UTF-8.
    private const int LongestName = 255;
    private const int LongestFolderName = 200;
    private const int DigitsOfId = 8;

    // More than the smallest report, less than any disk that one would choose.
    private const int ProbeBytes = 256 << 10;

    /// <summary>Proves that the folder is there or can be made, and can be written. It is not made, and nothing is left in it.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="BadInputException">It cannot.</exception>
    public static void Check(string folder)
    {
        var existing = Path.GetFullPath(folder);
        while (!Directory.Exists(existing))
        {
            RefuseFile(existing == Path.GetFullPath(folder) ? folder : existing);
            existing = Path.GetDirectoryName(existing)!;
        }

        Write(folder, () => Probe(existing, "probe"));
    }

    /// <summary>Makes the folder and proves that it can be written, before hours of work end with nowhere to put them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Names of the files that will be written into it, as far as they are known.</param>
    /// <exception cref="BadInputException">It cannot.</exception>
    public static string Prepare(string folder, params IReadOnlyList<string> files)
    {
        RefuseFile(folder);
        Write(folder, () =>
        {
            Directory.CreateDirectory(folder);
            Probe(folder, files.MaxBy(Encoding.UTF8.GetByteCount) ?? "probe");
        });
        if (files.FirstOrDefault(file => Directory.Exists(Path.Combine(folder, file))) is { } taken)
            throw new BadInputException(
                $"{Path.Combine(folder, taken)} is a folder, where a file is to be written; remove it, or choose another folder with --out."
            );
        return folder;
    }

    /// <summary>
    /// A name for a file or folder of a name that may be any text: what no file name can hold becomes <c>-</c>, it is not hidden, and it is not
    /// too long to be put together with an id.
    /// </summary>
    /// <param name="name">The text.</param>
    /// <param name="bytes">The most that it may take, in bytes of UTF-8.</param>
    public static string FileName(string name, int bytes = LongestFolderName) => Shortened(Plain(name), bytes);

    /// <summary>
    /// Names for one file of each image: its name and an ending, by the rule of <see cref="FileName"/>. Where two would have one name, upper and
    /// lower case being the same, or a name is too long, the beginning of the image's id tells them apart.
    /// </summary>
    /// <param name="images">Names and ids of the images.</param>
    /// <param name="ending">What follows the image's name.</param>
    /// <returns>The names by the images' ids.</returns>
    public static IReadOnlyDictionary<string, ImageFileName> FileNames(IReadOnlyList<(string Name, string Id)> images, string ending)
    {
        var plain = images.Select(image => Plain(image.Name)).ToArray();
        var room = LongestName - Encoding.UTF8.GetByteCount(ending);
        var counts = plain.CountBy(name => name, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);
        return images
            .Zip(plain, (image, name) =>
            {
                var own = $"{Shortened(name, room - DigitsOfId - 1)}-{image.Id[..Math.Min(DigitsOfId, image.Id.Length)]}{ending}";
                var isFree = counts[name] == 1 && Encoding.UTF8.GetByteCount(name) <= room;
                return (image.Id, Name: new ImageFileName(isFree ? name + ending : own, own));
            })
            .ToDictionary(file => file.Id, file => file.Name, StringComparer.Ordinal);
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="BadInputException">The folder cannot be written.</exception>
    public static async Task<string> WriteAsync(
        string folder,
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var path = Path.Combine(folder, name);
        await AtomicFile.WriteAsync(path, content, cancellationToken);
        return path;
    }

    /// <summary>
    /// Writes an image's file, whole or not at all. Where another call has written something else under its short name, which may be of another
    /// image, that stays, and the file has the name that is the image's own.
    /// </summary>
    /// <returns>Its path.</returns>
    /// <exception cref="BadInputException">The folder cannot be written.</exception>
    public static async Task<string> WriteAsync(
        string folder,
        ImageFileName name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var (path, isTaken) = (Path.Combine(folder, name.Short), false);
        Write(folder, () => isTaken = File.Exists(path) && !File.ReadAllBytes(path).AsSpan().SequenceEqual(content.Span));
        return await WriteAsync(folder, isTaken ? name.Own : name.Short, content, cancellationToken);
    }

    /// <summary>Does something that writes below the folder.</summary>
    /// <exception cref="BadInputException">The folder cannot be written.</exception>
    public static void Write(string folder, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"The folder {folder} cannot be written ({e.Message.Split(" : '")[0].TrimEnd('.')}); choose another with --out."
            );
        }
    }

    private static void RefuseFile(string path)
    {
        if (File.Exists(path))
            throw new BadInputException($"{path} is a file, where a folder is to be; choose another with --out.");
    }

    /// <summary>Writes and deletes a file, in a folder of its own: another command may be writing the file of that name at this moment.</summary>
    private static void Probe(string folder, string name)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, $".{Guid.NewGuid():n}")).FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(own, name), new byte[ProbeBytes]);
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private static string Plain(string name) =>
        string.Concat(name.Select(c => char.IsControl(c) || c is '/' or '\\' ? '-' : c)).TrimStart('.');

    private static string Shortened(string text, int bytes)
    {
        var taken = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
                break;
            taken.Append(rune);
        }

        return taken.ToString();
    }
}
