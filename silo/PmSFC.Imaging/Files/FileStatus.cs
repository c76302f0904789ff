using System.Runtime.InteropServices;

namespace PmSFC.Imaging.Files;

/// <summary>Asks Linux what a path leads to, without opening it: .NET does not tell a pipe from a file.</summary>
internal static unsafe partial class FileStatus
{
    private const int KindMask = 0xf000;

    // linux/stat.h: struct statx has the same layout on every architecture.
    private const int CurrentFolder = -100;
    private const uint TypeWanted = 1;
    private const int StatxSize = 256,
        ModeOffset = 28;

    /// <summary>The kind of what <paramref name="path"/> leads to, through symbolic links.</summary>
    public static FileKind KindOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return FileKind.Unknown;
        var status = stackalloc byte[StatxSize];
        return statx(CurrentFolder, path, 0, TypeWanted, status) == 0
            ? (FileKind)(*(ushort*)(status + ModeOffset) & KindMask)
            : FileKind.Unknown;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, byte* status);
}
