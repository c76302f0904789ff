using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Clusters;

/// <summary>
/// A store that does not answer questions about results while it is away, takes no writes while it is full, and keeps those who read plans waiting while it
/// hangs.
/// </summary>
internal sealed class MoodyStore(IArtifactStore inner) : IArtifactStore
{
    public const string Complaint = "the store does not answer: check that it runs.";

    public const string NoSpace = "the store has no space left: free some.";

    public volatile bool Away;

    public volatile bool Full;

    public volatile bool Hangs;

    private int _rounds;
    private int _hanging;

    /// <summary>How many wait for a plan.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    /// <summary>How often the sweeps were listed: once in each round of a silo's watchdog.</summary>
    public int Rounds => Volatile.Read(ref _rounds);

    public string Description => inner.Description;

    public StorePatience Patience => inner.Patience;

    public IArtifactStore With(StorePatience patience) => throw new NotSupportedException();

    public async ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        if (Hangs && ArtifactNames.SweepOf(name) is not null)
        {
            Interlocked.Increment(ref _hanging);
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _hanging);
            }
        }

        return await inner.ReadAsync(name, cancellationToken);
    }

    public ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
        Away && ArtifactNames.JobOf(name) is not null
            ? throw new StoreException(StoreFailure.Unavailable, Complaint)
            : inner.ExistsAsync(name, cancellationToken);

    public ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default
    ) => Full ? throw new StoreException(StoreFailure.Full, NoSpace) : inner.WriteOnceAsync(name, content, cancellationToken);

    public ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        CancellationToken cancellationToken = default
    ) => Full ? throw new StoreException(StoreFailure.Full, NoSpace) : inner.ReplaceAsync(name, content, ifMatchEtag, cancellationToken);

    public ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, cancellationToken);

    public ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(name, ifMatchEtag, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        if (prefix == ArtifactNames.Sweeps)
            Interlocked.Increment(ref _rounds);
        return inner.ListAsync(prefix, cancellationToken);
    }
}
