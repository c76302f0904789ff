using System.Text.Json;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>What an event says of a job.</summary>
internal sealed record JobEvent(string Id, string State, string? Device, int Iteration, int Attempts)
{
    public static JobEvent Of(JsonElement e)
    {
        var job = e.GetProperty("job");
        return new JobEvent(
            job.GetProperty("id").GetString()!,
            job.GetProperty("state").GetString()!,
            job.TryGetProperty("device", out var device) ? device.GetString() : null,
            job.TryGetProperty("progress", out var progress) && progress.ValueKind == JsonValueKind.Object
                ? progress.GetProperty("iteration").GetInt32()
                : 0,
            job.GetProperty("attempts").GetInt32()
        );
    }
}
