using Microsoft.Extensions.Logging;

namespace PmSFC.Storage;

/// <summary>How a store is opened.</summary>
public sealed record StoreOpening
{
    /// <summary>What for.</summary>
    public StoreAccess Access { get; init; } = StoreAccess.ReadWrite;

    /// <summary>The value of an environment variable, or null: secrets have no place in a location.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The clock of its waits; null for the system's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Is told of its waits; null for nobody.</summary>
    public ILoggerFactory? Loggers { get; init; }
}
