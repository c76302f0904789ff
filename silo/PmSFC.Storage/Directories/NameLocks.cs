using System.Security.Cryptography;
using System.Text;

namespace PmSFC.Storage;

/// <summary>
/// Locks on names that hold across threads and processes. Names share a fixed set of lock files, so the files never need deleting
/// (which would race with who has just opened one) and their number never grows.
/// </summary>
internal sealed class NameLocks(string folder)
{
    private const int Stripes = 256;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020);

    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Threads of this process queue here instead of polling the file.
    private readonly SemaphoreSlim[] _threads = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the lock; disposing what is returned releases it.</summary>
    public async Task<IDisposable> AcquireAsync(string name, CancellationToken cancellationToken)
    {
        int stripe = SHA256.HashData(Encoding.UTF8.GetBytes(name))[0];
        var thread = _threads[stripe];
        await thread.WaitAsync(cancellationToken);
        try
        {
            return new Held(await OpenAsync(Path.Combine(folder, stripe.ToString("x2")), cancellationToken), thread);
        }
        catch
        {
            thread.Release();
            throw;
        }
    }

    private static async Task<FileStream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        // A poll, and no repetition of what failed: a file's lock tells nobody when it is free.
        // The operating system's clock on purpose: who holds the file is another process, which no injected time moves.
        var giveUpAt = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (var pause = TimeSpan.FromMilliseconds(1); ; pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
            {
                if (Environment.TickCount64 > giveUpAt)
                    throw new StoreException(
                        StoreFailure.Unavailable,
                        $"another process has held the lock {path} for {Patience.TotalSeconds:0} s: end it if it hangs, then try again.",
                        e
                    );
                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    private sealed class Held(FileStream file, SemaphoreSlim thread) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            thread.Release();
        }
    }
}
