using PmSFC.Abstractions.Failures;

namespace PmSFC.Cli.Sessions;

/// <summary>A folder that the user chose for results.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder and proves that it can be written, before hours of work end with nowhere to put them.</summary>
    /// <exception cref="BadInputException">It cannot.</exception>
    public static string Prepare(string folder)
    {
        Write(folder, () =>
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(
                Path.Combine(folder, $".{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        });
        return folder;
    }

    /// <summary>A name for a file or folder of a name that may be any text.</summary>
    public static string FileName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).TrimStart('.');

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
            throw new BadInputException($"the folder {folder} cannot be written ({e.Message.TrimEnd('.')}); choose another with --out.");
        }
    }
}
