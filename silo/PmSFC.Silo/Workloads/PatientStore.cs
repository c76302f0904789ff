using Microsoft.Extensions.Logging;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>
/// A store that waits while the one behind it cannot be used, with growing pauses, until its patience ends or the silo drains; then the failure
/// shows. One that is full is waited for until the silo drains: what was computed has nowhere else to go, and the next job would fare no better. What
/// is damaged or of a later version shows at once.
/// </summary>
internal sealed partial class PatientStore(
    IArtifactStore store, TimeSpan patience, TimeProvider time, ILogger logger, CancellationToken draining)
{
    /// <summary>Is told why a call waits, and null when it goes on.</summary>
    public Func<string?, Task> Waits { get; init; } = _ => Task.CompletedTask;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The content of an artifact, or null where none has that name.</summary>
    public Task<ReadOnlyMemory<byte>?> Read(string name) => Patiently(async () => (await store.ReadAsync(name))?.Content);

    /// <summary>Whether an artifact has that name.</summary>
    public Task<bool> Exists(string name) => Patiently(async () => await store.ExistsAsync(name));

    /// <summary>Writes an artifact unless its name is taken.</summary>
    public Task<WriteOutcome> WriteOnce(string name, ReadOnlyMemory<byte> content) => Patiently(async () => await store.WriteOnceAsync(name, content));

    /// <summary>A job's result with its picture, or null where there is no result.</summary>
    public Task<StoredResult?> ReadResult(string jobId) => Patiently(async () => await StoredResult.ReadAsync(store, jobId));

    /// <summary>Moves an artifact out of the way of a sound one.</summary>
    public Task SetAside(string name) => Patiently(async () =>
    {
        await store.SetAsideAsync(name);
        return true;
    });

    /// <summary>The names that begin with a prefix.</summary>
    public Task<List<string>> List(string prefix) => Patiently(async () => await store.ListAsync(prefix).ToListAsync());

    private async Task<T> Patiently<T>(Func<Task<T>> ask)
    {
        var began = time.GetTimestamp();
        string? told = null;
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var answer = await ask();
                if (told is not null) await Waits(null);
                return answer;
            }
            catch (StoreException away) when (MayWait(away.Kind, began, pause))
            {
                LogWaiting(away.Message, pause.TotalSeconds);
                if (told != away.Message) await Waits(told = away.Message);
                await Task.Delay(pause, time, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool MayWait(StoreFailure failure, long began, TimeSpan pause) => !draining.IsCancellationRequested && failure switch
    {
        StoreFailure.Full => true,
        StoreFailure.Unavailable or StoreFailure.Refused => time.GetElapsedTime(began) + pause <= patience,
        _ => false,
    };

    [LoggerMessage(LogLevel.Warning, "Waiting for the artifact store: {Reason} Next try in {Seconds} s.")]
    private partial void LogWaiting(string reason, double seconds);
}
