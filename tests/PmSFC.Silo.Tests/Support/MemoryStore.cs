using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Support;

/// <summary>A store in memory that can be away, and remembers in which order it was written.</summary>
internal sealed class MemoryStore : IArtifactStore
{
    private readonly ConcurrentDictionary<string, byte[]> _artifacts = new(StringComparer.Ordinal);
    private int _refusals;

    public string Description => "memory";

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

    public async ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        await Arrive(name);
        return _artifacts.TryGetValue(name, out var content) ? new Artifact(content, ETag(content)) : null;
    }

    public async ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        await Arrive(name);
        return Has(name);
    }

    public async ValueTask<WriteOutcome> WriteOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        await Arrive(name);
        if (!_artifacts.TryAdd(name, content.ToArray())) return WriteOutcome.AlreadyExists;
        Writes.Enqueue(name);
        return WriteOutcome.Created;
    }

    public async ValueTask<string?> ReplaceAsync(
        string name, ReadOnlyMemory<byte> content, string? ifMatchEtag, CancellationToken cancellationToken = default)
    {
        await Arrive(name);
        var bytes = content.ToArray();
        var replaced = ifMatchEtag is null
            ? _artifacts.TryAdd(name, bytes)
            : _artifacts.TryGetValue(name, out var current) && ETag(current) == ifMatchEtag && _artifacts.TryUpdate(name, bytes, current);
        return replaced ? ETag(bytes) : null;
    }

    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        await Arrive(name);
        _artifacts.TryRemove(name, out _);
    }

    public async ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default)
    {
        await Arrive(name);
        return _artifacts.TryGetValue(name, out var current) && ETag(current) == ifMatchEtag && _artifacts.TryRemove(name, out _);
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Arrive(prefix);
        foreach (var name in Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToArray()) yield return name;
    }

    private static string ETag(byte[] content) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content));

    // Grains and workers meet a store that answers later, never in the same turn.
    private async Task Arrive(string name)
    {
        await Task.Yield();
        if (!Refused(name) || Refusals <= 0) return;
        Interlocked.Decrement(ref _refusals);
        throw new StoreException(Refusal, "the store answers 503: wait, or look at its status page.");
    }
}
