using System.Text.Json;
using PmSFC.Storage;

namespace PmSFC.Client.Results;

/// <summary>Reads what tables and reports can do without.</summary>
internal static class StoredJson
{
    /// <summary>The stored value, or null where there is none or it cannot be read as one.</summary>
    /// <exception cref="StoreException">The store failed, or what it has is of a later format.</exception>
    public static async Task<T?> ReadOrNullAsync<T>(IArtifactStore store, string name, CancellationToken cancellationToken)
        where T : class
    {
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
            return null;
        try
        {
            return ArtifactFormat.Read<T>(artifact.Content.Span, name);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
