using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PmSFC.Storage;

/// <summary>
/// A store that repeats calls which found it unusable, for as long as its callers are patient. What derives from it makes each request through the
/// <see cref="StoreRetry"/> that it is handed.
/// </summary>
public abstract class RetryingArtifactStore : IArtifactStore
{
    private readonly StoreRetry _retry;

    /// <summary>A store.</summary>
    /// <param name="options">How calls are repeated.</param>
    /// <param name="time">The clock of waits; null for the system's.</param>
    /// <param name="logger">Is told of waits; null for nobody.</param>
    protected RetryingArtifactStore(StoreRetryOptions options, TimeProvider? time, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _retry = new StoreRetry(() => Description, options, time ?? TimeProvider.System, logger ?? NullLogger.Instance);
    }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public StorePatience Patience => _retry.Patience;

    /// <inheritdoc/>
    public IArtifactStore With(StorePatience patience)
    {
        ArgumentNullException.ThrowIfNull(patience);
        return new View(this, _retry.With(patience));
    }

    /// <inheritdoc/>
    public ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync(name, _retry, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
        ExistsAsync(name, _retry, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default
    ) => WriteOnceAsync(name, content, _retry, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        CancellationToken cancellationToken = default
    ) => ReplaceAsync(name, content, ifMatchEtag, _retry, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        DeleteAsync(name, _retry, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default) =>
        DeleteAsync(name, ifMatchEtag, _retry, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        ListAsync(prefix, _retry, cancellationToken);

    /// <summary>As <see cref="IArtifactStore.ReadAsync"/>.</summary>
    protected abstract ValueTask<Artifact?> ReadAsync(string name, StoreRetry retry, CancellationToken cancellationToken);

    /// <summary>As <see cref="IArtifactStore.ExistsAsync"/>.</summary>
    protected abstract ValueTask<bool> ExistsAsync(string name, StoreRetry retry, CancellationToken cancellationToken);

    /// <summary>As <see cref="IArtifactStore.WriteOnceAsync"/>.</summary>
    protected abstract ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        StoreRetry retry,
        CancellationToken cancellationToken
    );

    /// <summary>As <see cref="IArtifactStore.ReplaceAsync"/>.</summary>
    protected abstract ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    );

    /// <summary>As <see cref="IArtifactStore.DeleteAsync(string, CancellationToken)"/>.</summary>
    protected abstract ValueTask DeleteAsync(string name, StoreRetry retry, CancellationToken cancellationToken);

    /// <summary>As <see cref="IArtifactStore.DeleteAsync(string, string, CancellationToken)"/>.</summary>
    protected abstract ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, StoreRetry retry, CancellationToken cancellationToken);

    /// <summary>As <see cref="IArtifactStore.ListAsync"/>.</summary>
    protected abstract IAsyncEnumerable<string> ListAsync(string prefix, StoreRetry retry, CancellationToken cancellationToken);

    /// <summary>The store for callers of another patience.</summary>
    private sealed class View(RetryingArtifactStore store, StoreRetry retry) : IArtifactStore
    {
        public string Description => store.Description;

        public StorePatience Patience => retry.Patience;

        public IArtifactStore With(StorePatience patience) => store.With(patience);

        public ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
            store.ReadAsync(name, retry, cancellationToken);

        public ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
            store.ExistsAsync(name, retry, cancellationToken);

        public ValueTask<WriteOutcome> WriteOnceAsync(
            string name,
            ReadOnlyMemory<byte> content,
            CancellationToken cancellationToken = default
        ) => store.WriteOnceAsync(name, content, retry, cancellationToken);

        public ValueTask<string?> ReplaceAsync(
            string name,
            ReadOnlyMemory<byte> content,
            string? ifMatchEtag,
            CancellationToken cancellationToken = default
        ) => store.ReplaceAsync(name, content, ifMatchEtag, retry, cancellationToken);

        public ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default) =>
            store.DeleteAsync(name, retry, cancellationToken);

        public ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default) =>
            store.DeleteAsync(name, ifMatchEtag, retry, cancellationToken);

        public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
            store.ListAsync(prefix, retry, cancellationToken);
    }
}
