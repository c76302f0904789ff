using System.Text.Json;

namespace PmSFC.Kubernetes.Tests;

/// <summary>What a client of a sweep has written with <c>--json</c>.</summary>
internal static class ClientLog
{
    /// <summary>The hosts that compute jobs, in the order in which the client has told of them.</summary>
    public static IEnumerable<string> Working(string log) => Working(log, "job");

    /// <summary>The hosts that compute anything: jobs, and discoveries of subspaces.</summary>
    public static IEnumerable<string> Busy(string log) => Working(log, "job").Concat(Working(log, "discovery"));

    private static IEnumerable<string> Working(string log, string what) =>
        from line in log.Split('\n')
        where line.StartsWith($"{{\"event\":\"{what}\"", StringComparison.Ordinal)
        let work = JsonDocument.Parse(line).RootElement.GetProperty(what)
        where
            work.GetProperty("state").GetString() == "running"
            && work.TryGetProperty("progress", out var progress)
            && progress.ValueKind == JsonValueKind.Object
            && progress.GetProperty("iteration").GetInt32() > 1
        // "cpu (1 threads) on HOST:PORT"
        select work.GetProperty("device").GetString()!.Split(" on ")[^1].Split(':')[0];
}
