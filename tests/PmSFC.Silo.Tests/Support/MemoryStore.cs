using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Support;

/// <summary>A store in memory that can be away, and remembers in which order it was written. It waits from 0.2 s up to 5 s, always the same.</summary>
/// <param name="time">The clock of its waits; null for the system's.</param>
internal sealed class MemoryStore(TimeProvider? time = null)
    : RetryingArtifactStore(
        new StoreRetryOptions
        {
            Patience = StorePatience.None,
            FirstWait = TimeSpan.FromSeconds(0.2),
            LongestWait = TimeSpan.FromSeconds(5),
            Jitter = () => 0.5,
        },
        time,
        logger: null
    )
{
    private readonly ConcurrentDictionary<string, byte[]> _artifacts = new(StringComparer.Ordinal);
    private int _refusals;

    public override string Description => "memory";

    /// <summary>Names in the order of their writing.</summary>
    public ConcurrentQueue<string> Writes { get; } = [];

    public IEnumerable<string> Names => _artifacts.Keys.Order(StringComparer.Ordinal);

    /// <summary>How many of the next calls find the store away.</summary>
    public int Refusals
    {
        get => Volatile.Read(ref _refusals);
        set => Volatile.Write(ref _refusals, value);
    }

    /// <summary>Why they are refused.</summary>
    public StoreFailure Refusal { get; set; } = StoreFailure.Unavailable;

    /// <summary>Which names <see cref="Refusals"/> is about.</summary>
    public Func<string, bool> Refused { get; set; } = _ => true;

    public byte[] this[string name]
    {
        get => _artifacts[name];
        set => _artifacts[name] = value;
    }

    public bool Has(string name) => _artifacts.ContainsKey(name);

    protected override ValueTask<Artifact?> ReadAsync(string name, StoreRetry retry, CancellationToken cancellationToken) =>
        Arrive(
            name,
            () => _artifacts.TryGetValue(name, out var content) ? new Artifact(content, ETag(content)) : null,
            retry,
            cancellationToken
        );

    protected override ValueTask<bool> ExistsAsync(string name, StoreRetry retry, CancellationToken cancellationToken) =>
        Arrive(name, () => Has(name), retry, cancellationToken);

    protected override ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        StoreRetry retry,
        CancellationToken cancellationToken
    ) =>
        Arrive(
            name,
            () =>
            {
                if (!_artifacts.TryAdd(name, content.ToArray()))
                    return WriteOutcome.AlreadyExists;
                Writes.Enqueue(name);
                return WriteOutcome.Created;
            },
            retry,
            cancellationToken
        );

    protected override ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    ) =>
        Arrive(
            name,
            () =>
            {
                var bytes = content.ToArray();
                var replaced = ifMatchEtag is null
                    ? _artifacts.TryAdd(name, bytes)
                    : _artifacts.TryGetValue(name, out var current)
                        && ETag(current) == ifMatchEtag
                        && _artifacts.TryUpdate(name, bytes, current);
                return replaced ? ETag(bytes) : null;
            },
            retry,
            cancellationToken
        );

    protected override async ValueTask DeleteAsync(string name, StoreRetry retry, CancellationToken cancellationToken) =>
        await Arrive(name, () => _artifacts.TryRemove(name, out _), retry, cancellationToken);

    protected override ValueTask<bool> DeleteAsync(
        string name,
        string ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    ) =>
        Arrive(
            name,
            () => _artifacts.TryGetValue(name, out var current) && ETag(current) == ifMatchEtag && _artifacts.TryRemove(name, out _),
            retry,
            cancellationToken
        );

    protected override async IAsyncEnumerable<string> ListAsync(
        string prefix,
        StoreRetry retry,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var names = await Arrive(
            prefix,
            () => Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToArray(),
            retry,
            cancellationToken
        );
        foreach (var name in names)
            yield return name;
    }

    private static string ETag(byte[] content) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content));

    private ValueTask<T> Arrive<T>(string name, Func<T> action, StoreRetry retry, CancellationToken cancellationToken) =>
        retry.RunAsync(
            async _ =>
            {
                // Grains and workers meet a store that answers later, never in the same turn.
                await Task.Yield();
                if (!Refused(name) || Refusals <= 0)
                    return action();
                Interlocked.Decrement(ref _refusals);
                throw new StoreException(Refusal, "the store answers 503: wait, or look at its status page.");
            },
            cancellationToken
        );
}
