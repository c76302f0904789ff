namespace PmSFC.Storage.Tests;

/// <summary>A store in which something happens around the first replacement.</summary>
public sealed class MeddledStore(IArtifactStore inner, Func<Task>? beforeWrite) : IArtifactStore
{
    private int _replacements;

    /// <summary>Set where the first replacement is to land and then, after this, to be reported as a conflict.</summary>
    public Func<Task>? LoseFirstAnswer { get; init; }

    public string Description => inner.Description;

    public StorePatience Patience => inner.Patience;

    public IArtifactStore With(StorePatience patience) => throw new NotSupportedException();

    public ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(name, cancellationToken);

    public ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
        inner.ExistsAsync(name, cancellationToken);

    public ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default
    ) => inner.WriteOnceAsync(name, content, cancellationToken);

    public async ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        CancellationToken cancellationToken = default
    )
    {
        var first = Interlocked.Increment(ref _replacements) == 1;
        if (first && beforeWrite is not null)
            await beforeWrite();
        var etag = await inner.ReplaceAsync(name, content, ifMatchEtag, cancellationToken);
        if (!first || LoseFirstAnswer is null)
            return etag;
        await LoseFirstAnswer();
        return null;
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, cancellationToken);

    public ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(name, ifMatchEtag, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        inner.ListAsync(prefix, cancellationToken);
}
