using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps.Simulation;

/// <summary>What a store holds, over all activations.</summary>
internal sealed class StoredArtifacts
{
    private readonly Dictionary<string, (ReadOnlyMemory<byte> Content, int Version)> _artifacts = new(StringComparer.Ordinal);
    private int _version;

    public Artifact? Get(string name) => _artifacts.TryGetValue(name, out var held) ? new Artifact(held.Content, $"{held.Version}") : null;

    public string? Put(string name, ReadOnlyMemory<byte> content, string? etag)
    {
        if (Get(name)?.ETag != etag)
            return null;
        _artifacts[name] = (content, ++_version);
        return $"{_version}";
    }

    public bool Remove(string name) => _artifacts.Remove(name);

    public string[] Names(string prefix) =>
        [.. _artifacts.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}

/// <summary>A store that an activation reaches by calls that may fail.</summary>
internal sealed class SimulatedStore(StoredArtifacts artifacts, SimulatedCalls calls, Life life) : IArtifactStore
{
    public const string Complaint = "the store does not answer: check that it runs.";

    public string Description => "simulated";

    public StorePatience Patience => StorePatience.None;

    public IArtifactStore With(StorePatience patience) => this;

    public ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        Ask(name, () => artifacts.Get(name), cancellationToken);

    public ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
        Ask(name, () => artifacts.Get(name) is not null, cancellationToken);

    public ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default
    ) =>
        Ask(
            name,
            () => artifacts.Put(name, content, etag: null) is null ? WriteOutcome.AlreadyExists : WriteOutcome.Created,
            cancellationToken
        );

    public ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        CancellationToken cancellationToken = default
    ) => Ask(name, () => artifacts.Put(name, content, ifMatchEtag), cancellationToken);

    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        await Ask(name, () => artifacts.Remove(name), cancellationToken);

    public ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<string> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        foreach (var name in await Ask(prefix, () => artifacts.Names(prefix), cancellationToken))
            yield return name;
    }

    private ValueTask<T> Ask<T>(string name, Func<T> carryOut, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(calls.Ask(name, life, carryOut, () => new StoreException(StoreFailure.Unavailable, Complaint)));
    }
}
