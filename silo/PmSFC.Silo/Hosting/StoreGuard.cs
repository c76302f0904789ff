using PmSFC.Abstractions.Failures;

namespace PmSFC.Silo.Hosting;

/// <summary>
/// Keeps strangers off a directory store: two silos that do not know each other would each believe that all of the store's sweeps are theirs. An
/// embedded silo takes the lock alone, the silos of a cluster share it. The lock is the operating system's, so a process that died holds none; the
/// file next to it only says who holds it.
/// </summary>
public sealed class StoreGuard : IDisposable
{
    private const string FileName = ".running";
    private const string HolderFileName = ".running-by";

    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private StoreGuard(FileStream file) => _file = file;

    /// <summary>Takes the lock of a store's directory for this process alone.</summary>
    /// <exception cref="BadInputException">Another process that lives holds it.</exception>
    public static StoreGuard Take(string directory) =>
        Open(directory, TryTake, $"process {Environment.ProcessId}")
        ?? throw InUse(
            directory,
            "send it work with --cluster if it is a cluster, else wait for it, watch it with 'sweep status', or choose another store with --store."
        );

    /// <summary>Takes the lock for this process and other silos of its cluster. The directory is made where it is missing.</summary>
    /// <exception cref="BadInputException">A process that lives holds it alone.</exception>
    public static StoreGuard Share(string directory, string cluster)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                File.Exists(directory)
                    ? $"the store {directory} is a file, not a directory: name a directory with --store."
                    : $"the store's directory {directory} cannot be made ({e.Message.TrimEnd('.')}); choose another with --store."
            );
        }

        return Open(directory, TryShare, $"the cluster {cluster}, process {Environment.ProcessId}")
            ?? throw InUse(directory, "wait for it, or choose another store with --store.");
    }

    /// <summary>Whether a living process holds the lock.</summary>
    public static bool IsHeld(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return false;
        try
        {
            // Reading is enough to ask for the lock, and the store may be one that this user cannot write.
            using var file = TryOpen(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return file is null;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static StoreGuard? Open(string directory, Func<string, FileStream?> tryOpen, string holder)
    {
        var path = Path.Combine(directory, FileName);
        FileStream? file;
        try
        {
            file = tryOpen(path);
            if (file is null)
            {
                // Who only asks whether the lock is held has it himself for a moment.
                Thread.Sleep(100);
                file = tryOpen(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"the store {directory} cannot be written by this user ({e.Message.Split(" : '")[0].TrimEnd('.')}): make it writable, free space, or choose another with --store."
            );
        }

        if (file is null)
            return null;
        TryTellHolder(Path.Combine(directory, HolderFileName), holder);
        return new StoreGuard(file);
    }

    private static BadInputException InUse(string directory, string whatToDo) =>
        new($"the store {directory} is in use by another pmsfc{Holder(Path.Combine(directory, HolderFileName))}; {whatToDo}");

    private static FileStream? TryTake(string path) => TryOpen(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static FileStream? TryShare(string path) => TryOpen(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);

    private static FileStream? TryOpen(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, mode, access, share, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
        {
            return null;
        }
    }

    // A locked file cannot be read by others, so a file next to it says who holds it.
    private static string Holder(string path)
    {
        try
        {
            return $" ({File.ReadAllText(path)})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void TryTellHolder(string path, string holder)
    {
        try
        {
            File.WriteAllText(path, holder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock holds without it.
        }
    }
}
