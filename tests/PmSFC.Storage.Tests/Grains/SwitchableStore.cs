namespace PmSFC.Storage.Tests;

/// <summary>A store that fails while told to.</summary>
public sealed class SwitchableStore(IArtifactStore inner) : IArtifactStore
{
    public StoreException? Failure { get; set; }

    public string Description => inner.Description;

    public StorePatience Patience { get; set; } = StorePatience.None;

    public IArtifactStore With(StorePatience patience) => throw new NotSupportedException();

    private IArtifactStore Inner => Failure is null ? inner : throw Failure;

    public ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        Inner.ReadAsync(name, cancellationToken);

    public ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
        Inner.ExistsAsync(name, cancellationToken);

    public ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default
    ) => Inner.WriteOnceAsync(name, content, cancellationToken);

    public ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        CancellationToken cancellationToken = default
    ) => Inner.ReplaceAsync(name, content, ifMatchEtag, cancellationToken);

    public ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default) => Inner.DeleteAsync(name, cancellationToken);

    public ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default) =>
        Inner.DeleteAsync(name, ifMatchEtag, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        Inner.ListAsync(prefix, cancellationToken);
}
