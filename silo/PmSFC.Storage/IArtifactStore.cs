namespace PmSFC.Storage;

/// <summary>
/// One container of named byte artifacts. Most are written once under names that derive from their content; the few mutable records
/// (grain state, membership) change by compare-and-swap on their ETag.
/// </summary>
/// <remarks>
/// <para>Names are lower-case path segments <c>[a-z0-9][a-z0-9._-]*</c> joined by <c>/</c> (see <see cref="ArtifactNames"/>); any other
/// name is an <see cref="ArgumentException"/>. No name may be the folder of another: a store need not hold both <c>a</c> and <c>a/b</c>.</para>
/// <para>Every method may throw <see cref="StoreException"/>, whose message is a sentence for people. A store repeats calls itself, for as long as
/// <see cref="Patience"/> says: its callers repeat none.</para>
/// <para>Implementations are safe for concurrent use by any number of threads and processes.</para>
/// </remarks>
public interface IArtifactStore
{
    /// <summary>Where the store is, for people; it holds no secret.</summary>
    string Description { get; }

    /// <summary>For how long its calls bear that it cannot be used.</summary>
    StorePatience Patience { get; }

    /// <summary>The same store for callers of another patience.</summary>
    IArtifactStore With(StorePatience patience);

    /// <summary>The whole artifact, or null where none has that name.</summary>
    ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Whether an artifact has that name.</summary>
    ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes an artifact unless its name is taken. Of any number of concurrent writers exactly one is told
    /// <see cref="WriteOutcome.Created"/>, and a reader sees all of the artifact or nothing.
    /// </summary>
    ValueTask<WriteOutcome> WriteOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>Replaces an artifact if its ETag is still the given one, or creates it where the ETag is null and the name is free.</summary>
    /// <returns>The new ETag, or null on conflict: read the artifact again and decide again.</returns>
    ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        CancellationToken cancellationToken = default
    );

    /// <summary>Deletes an artifact; a missing one is fine.</summary>
    ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Deletes an artifact if its ETag is still the given one.</summary>
    /// <returns>False on conflict, that is when the artifact has changed or is gone.</returns>
    ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default);

    /// <summary>
    /// The names that begin with <paramref name="prefix"/>, in ordinal order. The prefix may end inside a segment; the empty one lists
    /// everything. Artifacts that come or go during the listing may or may not be in it.
    /// </summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default);
}
