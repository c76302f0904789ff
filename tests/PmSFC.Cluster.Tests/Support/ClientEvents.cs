using System.Text.Json;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>What <c>pmsfc --json</c> says.</summary>
internal abstract class ClientEvents
{
    public abstract IReadOnlyList<JsonElement> Events { get; }

    /// <summary>The events of jobs.</summary>
    public IEnumerable<JobEvent> Jobs => Events.Where(e => Kind(e) == "job").Select(JobEvent.Of);

    /// <summary>The jobs of the table that was printed at the end.</summary>
    public IEnumerable<JsonElement> Table => Last("table").GetProperty("table").GetProperty("jobs").EnumerateArray();

    /// <summary>The jobs that were told to have succeeded.</summary>
    public IEnumerable<string> Succeeded => Jobs.Where(job => job.State == "succeeded").Select(job => job.Id).Distinct();

    /// <summary>The sweep that they are about.</summary>
    public string Sweep => Events.First(e => e.TryGetProperty("sweep", out _)).GetProperty("sweep").GetString()!;

    /// <summary>The last event of a kind.</summary>
    public JsonElement Last(string kind) => Events.Last(e => Kind(e) == kind);

    protected static string Kind(JsonElement e) => e.GetProperty("event").GetString()!;
}
