using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Scale;

/// <summary>
/// A store in unmanaged memory, for millions of artifacts: what it holds costs the garbage collector nothing, so that the silos' own work can be told from
/// it. Names are kept as hashes, so that it lists sweeps alone.
/// </summary>
internal sealed unsafe class OffHeapStore : IArtifactStore, IDisposable
{
    private const int ChunkBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Entry> _entries = [];
    private readonly SortedSet<string> _sweeps = new(StringComparer.Ordinal);
    private readonly List<nint> _chunks = [];
    private int _used = ChunkBytes;
    private long _versions;

    public string Description => "unmanaged memory";

    public StorePatience Patience => StorePatience.None;

    /// <summary>It never fails, so that there is nothing to be patient with.</summary>
    public IArtifactStore With(StorePatience patience) => this;

    /// <summary>Jobs whose results are stored.</summary>
    public int Results { get; private set; }

    /// <summary>Size of the largest record of a grain that was written, in bytes.</summary>
    public int LargestRecord { get; private set; }

    public ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(
                _entries.TryGetValue(Hash(name), out var entry)
                    ? new Artifact(new ReadOnlySpan<byte>((void*)entry.Address, entry.Length).ToArray(), ETag(entry))
                    : null
            );
        }
    }

    public ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return ValueTask.FromResult(_entries.ContainsKey(Hash(name)));
    }

    public ValueTask<WriteOutcome> WriteOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_entries.ContainsKey(Hash(name)))
                return ValueTask.FromResult(WriteOutcome.AlreadyExists);
            Put(name, content.Span);
            if (ArtifactNames.JobOf(name) is not null)
                Results++;
            if (ArtifactNames.SweepOf(name) is not null)
                _sweeps.Add(name);
            return ValueTask.FromResult(WriteOutcome.Created);
        }
    }

    public ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        CancellationToken cancellationToken = default
    )
    {
        lock (_gate)
        {
            var known = _entries.TryGetValue(Hash(name), out var entry) ? ETag(entry) : null;
            LargestRecord = Math.Max(LargestRecord, content.Length);
            return ValueTask.FromResult(known == ifMatchEtag ? ETag(Put(name, content.Span)) : null);
        }
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            _entries.Remove(Hash(name));
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return ValueTask.FromResult(
                _entries.TryGetValue(Hash(name), out var entry) && ETag(entry) == ifMatchEtag && _entries.Remove(Hash(name))
            );
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        string[] names;
        lock (_gate)
            names = [.. _sweeps.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        foreach (var name in names)
            yield return name;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks)
            NativeMemory.Free((void*)chunk);
    }

    private static UInt128 Hash(string name) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(name));

    private static string ETag(Entry entry) => entry.Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>A record that grew gets a new place, and its old one is lost: they are few and small.</summary>
    private Entry Put(string name, ReadOnlySpan<byte> content)
    {
        var key = Hash(name);
        var entry =
            _entries.TryGetValue(key, out var known) && known.Capacity >= content.Length
                ? known with
                {
                    Length = content.Length,
                    Version = ++_versions,
                }
                : new Entry(Allocate(content.Length), content.Length, content.Length, ++_versions);
        content.CopyTo(new Span<byte>((void*)entry.Address, entry.Length));
        return _entries[key] = entry;
    }

    private nint Allocate(int bytes)
    {
        if (_used + bytes > ChunkBytes)
        {
            _chunks.Add((nint)NativeMemory.Alloc((nuint)Math.Max(ChunkBytes, bytes)));
            _used = 0;
        }

        var address = _chunks[^1] + _used;
        _used += bytes;
        return address;
    }

    private readonly record struct Entry(nint Address, int Length, int Capacity, long Version);
}
