using System.Globalization;
using PmSFC.Abstractions.Failures;

namespace PmSFC.Cli.Sessions;

/// <summary>
/// Keeps a second silo off a directory store: two silos in two processes would each believe that all of the store's sweeps are theirs. The lock
/// is the operating system's, so a process that died holds none; the file beside it only says who holds it.
/// </summary>
internal sealed class StoreGuard : IDisposable
{
    private const string FileName = ".running";
    private const string HolderFileName = ".running-by";

    private readonly FileStream _file;

    private StoreGuard(FileStream file) => _file = file;

    /// <summary>Takes the lock of a store's directory.</summary>
    /// <exception cref="BadInputException">Another process that lives holds it.</exception>
    public static StoreGuard Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var file = TryOpen(path) ?? TryOpenAgain(path) ?? throw new BadInputException(
            $"the store {directory} is in use by another pmsfc{Holder(Path.Combine(directory, HolderFileName))}; wait for it, watch it with 'pmsfc sweep status', or choose another " +
            "store with --store.");
        TryTellHolder(Path.Combine(directory, HolderFileName));
        return new StoreGuard(file);
    }

    /// <summary>Whether a living process holds the lock.</summary>
    public static bool IsHeld(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return false;
        using var file = TryOpen(path);
        return file is null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Who only asks whether the lock is held has it himself for a moment.
    private static FileStream? TryOpenAgain(string path)
    {
        Thread.Sleep(100);
        return TryOpen(path);
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    // A locked file cannot be read by others, so who holds it stands beside it.
    private static string Holder(string path)
    {
        try
        {
            return $" (process {File.ReadAllText(path)})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void TryTellHolder(string path)
    {
        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock holds without it.
        }
    }
}
