using Microsoft.Extensions.Logging;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>
/// A store that waits while the one behind it is unavailable, with growing pauses, until its patience ends or the silo drains; then the failure
/// shows. Other failures show at once.
/// </summary>
internal sealed partial class PatientStore(
    IArtifactStore store, TimeSpan patience, TimeProvider time, ILogger logger, CancellationToken draining)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The content of an artifact, or null where none has that name.</summary>
    public Task<ReadOnlyMemory<byte>?> Read(string name) => Patiently(async () => (await store.ReadAsync(name))?.Content);

    /// <summary>Whether an artifact has that name.</summary>
    public Task<bool> Exists(string name) => Patiently(async () => await store.ExistsAsync(name));

    /// <summary>Writes an artifact unless its name is taken.</summary>
    public Task<WriteOutcome> WriteOnce(string name, ReadOnlyMemory<byte> content) => Patiently(async () => await store.WriteOnceAsync(name, content));

    /// <summary>The names that begin with a prefix.</summary>
    public Task<List<string>> List(string prefix) => Patiently(async () => await store.ListAsync(prefix).ToListAsync());

    private async Task<T> Patiently<T>(Func<Task<T>> ask)
    {
        var began = time.GetTimestamp();
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await ask();
            }
            catch (StoreException away) when (away.Kind == StoreFailure.Unavailable && MayWait(began, pause))
            {
                LogWaiting(away.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool MayWait(long began, TimeSpan pause) => !draining.IsCancellationRequested && time.GetElapsedTime(began) + pause <= patience;

    [LoggerMessage(LogLevel.Warning, "Waiting for the artifact store: {Reason} Next try in {Seconds} s.")]
    private partial void LogWaiting(string reason, double seconds);
}
