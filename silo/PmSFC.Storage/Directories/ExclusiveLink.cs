using System.Runtime.InteropServices;

namespace PmSFC.Storage;

/// <summary>Gives a finished file its name, unless the name is taken: one atomic step, exclusive across processes.</summary>
internal static partial class ExclusiveLink
{
    private const int NoEntry = 2;
    private const int Exists = 17;

    /// <summary>Whether <paramref name="target"/> now names the file; false where it existed.</summary>
    /// <exception cref="DirectoryNotFoundException">The target's folder is gone.</exception>
    /// <exception cref="IOException">The file system cannot; HResult is the system's error number.</exception>
    public static bool TryCreate(string source, string target)
    {
        // File.Move(overwrite: false) looks and then renames on Unix, which lets two processes both win.
        if (!OperatingSystem.IsWindows())
            return Link(source, target) == 0
                || Marshal.GetLastPInvokeError() switch
                {
                    Exists => false,
                    NoEntry => throw new DirectoryNotFoundException(target),
                    var error => throw new IOException($"link: {Marshal.GetPInvokeErrorMessage(error)}", error),
                };

        try
        {
            File.Move(source, target, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string target);
}
