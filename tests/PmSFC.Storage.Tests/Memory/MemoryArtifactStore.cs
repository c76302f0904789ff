using System.Runtime.CompilerServices;

namespace PmSFC.Storage.Tests;

/// <summary>Artifacts in the memory of this process, under a name: the smallest store that keeps the contract.</summary>
/// <param name="name">The store's name.</param>
/// <param name="artifacts">What it holds, shared with all who open it.</param>
/// <param name="time">The clock of its waits; null for the system's.</param>
internal sealed class MemoryArtifactStore(string name, MemoryArtifacts artifacts, TimeProvider? time = null)
    : RetryingArtifactStore(new StoreRetryOptions { Patience = StorePatience.None }, time, logger: null)
{
    public override string Description => $"memory {name}";

    protected override ValueTask<Artifact?> ReadAsync(string name, StoreRetry retry, CancellationToken cancellationToken) =>
        RunAsync(name, held => held.Get(name), retry, cancellationToken);

    protected override ValueTask<bool> ExistsAsync(string name, StoreRetry retry, CancellationToken cancellationToken) =>
        RunAsync(name, held => held.Get(name) is not null, retry, cancellationToken);

    protected override ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        StoreRetry retry,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            name,
            held => held.Put(name, content, etag: null) is null ? WriteOutcome.AlreadyExists : WriteOutcome.Created,
            retry,
            cancellationToken
        );

    protected override ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    ) => RunAsync(name, held => held.Put(name, content, ifMatchEtag), retry, cancellationToken);

    protected override async ValueTask DeleteAsync(string name, StoreRetry retry, CancellationToken cancellationToken) =>
        await RunAsync(name, held => held.Remove(name, etag: null), retry, cancellationToken);

    protected override ValueTask<bool> DeleteAsync(
        string name,
        string ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    ) => RunAsync(name, held => held.Remove(name, ifMatchEtag), retry, cancellationToken);

    protected override async IAsyncEnumerable<string> ListAsync(
        string prefix,
        StoreRetry retry,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArtifactName.CheckPrefix(prefix);
        foreach (var found in await retry.RunAsync(_ => ValueTask.FromResult(artifacts.Names(prefix)), cancellationToken))
            yield return found;
    }

    private async ValueTask<T> RunAsync<T>(
        string name,
        Func<MemoryArtifacts, T> action,
        StoreRetry retry,
        CancellationToken cancellationToken
    )
    {
        ArtifactName.Check(name);
        return await retry.RunAsync(_ => ValueTask.FromResult(action(artifacts)), cancellationToken);
    }
}
