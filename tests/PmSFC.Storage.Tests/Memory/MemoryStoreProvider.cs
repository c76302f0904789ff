using System.Collections.Concurrent;

namespace PmSFC.Storage.Tests;

/// <summary>Stores in the memory of this process: <c>memory:NAME</c>.</summary>
internal sealed class MemoryStoreProvider : IArtifactStoreProvider
{
    private const string Prefix = "memory:";

    private readonly ConcurrentDictionary<string, MemoryArtifacts> _stores = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Forms { get; } = ["memory:<name>"];

    public IReadOnlyList<StoreKeyword> Keywords { get; } = [new("memory", "memory:<name>")];

    public bool Takes(string location) => location.StartsWith(Prefix, StringComparison.Ordinal);

    public IArtifactStore Open(string location, StoreOpening opening)
    {
        var name = location[Prefix.Length..];
        return new MemoryArtifactStore(name, _stores.GetOrAdd(name, _ => new MemoryArtifacts()), opening.Time);
    }
}
