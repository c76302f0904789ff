namespace PmSFC.Storage;

/// <summary>How long a <see cref="BlobArtifactStore"/> bears with a store that does not answer.</summary>
public sealed record BlobStoreOptions
{
    /// <summary>From the first failure of an operation to giving it up. 5 minutes by default.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The wait after the first failure; each further one doubles. 1 s by default.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. 30 s by default.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Draws in [0, 1) that spread each wait by up to a fifth either way; called from any thread.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;
}
