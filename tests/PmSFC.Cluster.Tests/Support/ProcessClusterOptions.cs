namespace PmSFC.Cluster.Tests.Support;

/// <summary>How the silos of a cluster are started.</summary>
internal sealed record ProcessClusterOptions
{
    /// <summary>Short, so that a dead silo is soon missed; not so short that a busy machine looks dead.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(12);

    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>For how long a device rests after each iteration.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>Where silos and clients reach the store; null for the emulator itself.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Where the silos run, one after the other; those beyond the list run here.</summary>
    public IReadOnlyList<SiloPlace> Places { get; init; } = [];

    /// <summary>How silos find each other; clients are told the gateways where it is not by the store.</summary>
    public string Membership { get; init; } = "store";

    /// <summary>Where silos and clients send telemetry, by OTLP over HTTP; null for nowhere.</summary>
    public string? Telemetry { get; init; }

    /// <summary>Where the account's tables are; null for none.</summary>
    public Uri? Tables { get; init; }
}
