namespace PmSFC.Cluster.Tests.Support;

/// <summary>How the silos of a cluster are started.</summary>
internal sealed record ProcessClusterOptions
{
    /// <summary>Short, so that a dead silo is soon missed; not so short that a busy machine looks dead.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(12);

    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Where silos and clients reach the store; null for the emulator itself.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Where the silos run, one after the other; those beyond the list run here.</summary>
    public IReadOnlyList<SiloPlace> Places { get; init; } = [];
}
