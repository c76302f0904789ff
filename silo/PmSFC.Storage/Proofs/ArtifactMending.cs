using PmSFC.Wording;

namespace PmSFC.Storage;

/// <summary>How something else comes into the place of an artifact that is not what its name says. Sound artifacts stay written once.</summary>
public static class ArtifactMending
{
    /// <summary>Moves an artifact to <c>set-aside/</c>, so that nothing is lost; a missing one is fine.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task SetAsideAsync(this IArtifactStore store, string name, CancellationToken cancellationToken = default)
    {
        while (await store.ReadAsync(name, cancellationToken) is { } artifact)
        {
            await store.WriteOnceAsync(
                ArtifactNames.SetAside(name, Sha256Text.Of(artifact.Content.Span)),
                artifact.Content,
                cancellationToken
            );
            if (await store.DeleteAsync(name, artifact.ETag, cancellationToken))
                return;
        }
    }

    /// <summary>Writes an artifact unless its name has a sound one; one that is not sound is set aside.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">The name.</param>
    /// <param name="content">What is written, sound itself.</param>
    /// <param name="isSound">Whether what is stored is what its name says.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    public static Task WriteSoundAsync(
        this IArtifactStore store,
        string name,
        Func<ReadOnlyMemory<byte>> content,
        Func<ReadOnlyMemory<byte>, bool> isSound,
        CancellationToken cancellationToken = default
    ) => store.WriteSoundAsync(name, _ => ValueTask.FromResult(content()), isSound, cancellationToken);

    /// <summary>As the other, for content that is read when it is needed.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task WriteSoundAsync(
        this IArtifactStore store,
        string name,
        Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>> content,
        Func<ReadOnlyMemory<byte>, bool> isSound,
        CancellationToken cancellationToken = default
    )
    {
        while (await store.ReadAsync(name, cancellationToken) is { } stored)
        {
            if (isSound(stored.Content))
                return;
            await store.SetAsideAsync(name, cancellationToken);
        }

        await store.WriteOnceAsync(name, await content(cancellationToken), cancellationToken);
    }
}
