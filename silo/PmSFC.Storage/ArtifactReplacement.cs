namespace PmSFC.Storage;

/// <summary>Writes of the few artifacts whose last word counts.</summary>
public static class ArtifactReplacement
{
    private const int MostAttempts = 16;

    /// <summary>
    /// Writes an artifact, whatever has its name so far, damaged or not. Of concurrent writers one is the last; a reader sees all of one or the other.
    /// </summary>
    /// <exception cref="StoreException">The store failed, or holds a record of a later format under that name, which stays.</exception>
    public static async Task PutAsync(
        this IArtifactStore store,
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default
    )
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await store.ReadAsync(name, cancellationToken) is not { } known)
            {
                if (await store.WriteOnceAsync(name, content, cancellationToken) == WriteOutcome.Created)
                    return;
                continue;
            }

            if (known.Content.Span.SequenceEqual(content.Span))
                return;
            ArtifactFormat.Check(known.Content.Span, name);
            if (await store.ReplaceAsync(name, content, known.ETag, cancellationToken) is not null)
                return;
        }

        throw new StoreException(
            StoreFailure.Unavailable,
            $"{name} in {store.Description} changes whenever it is to be replaced: end what else writes it, then try again."
        );
    }
}
