using System.Text.Json;

namespace PmSFC.Kubernetes.Tests;

/// <summary>What a client of a sweep has written with <c>--json</c>.</summary>
internal static class ClientLog
{
    /// <summary>The hosts that compute, in the order in which the client has told of them.</summary>
    public static IEnumerable<string> Working(string log) =>
        from line in log.Split('\n')
        where line.StartsWith("{\"event\":\"job\"", StringComparison.Ordinal)
        let job = JsonDocument.Parse(line).RootElement.GetProperty("job")
        where job.GetProperty("state").GetString() == "running" && job.TryGetProperty("progress", out var progress) && progress.ValueKind == JsonValueKind.Object && progress.GetProperty("iteration").GetInt32() > 1
        // "cpu (1 threads) on HOST:PORT"
        select job.GetProperty("device").GetString()!.Split(" on ")[^1].Split(':')[0];
}
