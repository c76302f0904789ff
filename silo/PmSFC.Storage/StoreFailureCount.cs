using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Storage;

/// <summary>Counts attempts at a store that failed, by what failed; also those that are repeated, since their repetition hides them from callers.</summary>
internal static class StoreFailureCount
{
    public static void Add(StoreFailure kind) =>
        PmSFCMetrics.StoreFailures.Add(
            1,
            new KeyValuePair<string, object?>(PmSFCMetrics.StoreFailureAttribute, kind.ToString().ToLowerInvariant())
        );
}
