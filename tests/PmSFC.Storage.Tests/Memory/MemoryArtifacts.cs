namespace PmSFC.Storage.Tests;

/// <summary>What a store in memory holds. Safe for any number of threads.</summary>
internal sealed class MemoryArtifacts
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Artifact> _artifacts = new(StringComparer.Ordinal);
    private long _version;

    public Artifact? Get(string name)
    {
        lock (_gate)
            return _artifacts.GetValueOrDefault(name);
    }

    /// <summary>Puts content in the place of what has an ETag, or where nothing is.</summary>
    /// <returns>The new ETag, or null where there is something else.</returns>
    public string? Put(string name, ReadOnlyMemory<byte> content, string? etag)
    {
        lock (_gate)
        {
            if (_artifacts.GetValueOrDefault(name)?.ETag != etag)
                return null;
            var put = new Artifact(content.ToArray(), $"{++_version}");
            _artifacts[name] = put;
            return put.ETag;
        }
    }

    /// <summary>Removes what has an ETag, or whatever is there.</summary>
    /// <returns>Whether there was such a thing.</returns>
    public bool Remove(string name, string? etag)
    {
        lock (_gate)
            return _artifacts.TryGetValue(name, out var there) && (etag is null || there.ETag == etag) && _artifacts.Remove(name);
    }

    /// <summary>The names with a prefix, in ordinal order.</summary>
    public string[] Names(string prefix)
    {
        lock (_gate)
            return [.. _artifacts.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
    }
}
