using System.Text.Json;
using System.Text.Json.Serialization;
using PmSFC.Storage;

namespace PmSFC.Grains.Work;

/// <summary>The record that a job's grain has stored, read while no grain is asked.</summary>
/// <param name="Name">Name of the artifact.</param>
/// <param name="Record">The record, or null where none is stored or it cannot be read.</param>
/// <param name="IsDamaged">Whether something is stored that is no such record.</param>
public sealed record StoredWork(string Name, WorkRecord? Record, bool IsDamaged)
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Reads a job's record.</summary>
    /// <exception cref="StoreException">The store failed, or the record is of a later format.</exception>
    public static async Task<StoredWork> ReadJobAsync(IArtifactStore store, string jobId, CancellationToken cancellationToken = default)
    {
        var name = ArtifactNames.State("inversionjob", "job", jobId);
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact) return new StoredWork(name, null, IsDamaged: false);
        ArtifactFormat.Check(artifact.Content.Span, name);
        try
        {
            var record = JsonSerializer.Deserialize<WorkRecord>(artifact.Content.Span, Json);
            return new StoredWork(name, record, IsDamaged: record is null);
        }
        catch (JsonException)
        {
            return new StoredWork(name, null, IsDamaged: true);
        }
    }
}
