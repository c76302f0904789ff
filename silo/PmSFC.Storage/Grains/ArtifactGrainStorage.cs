using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace PmSFC.Storage;

/// <summary>Grain state as JSON records of an artifact store, one for each grain and state name.</summary>
/// <remarks>
/// A state is what System.Text.Json round-trips: public settable or init-only properties. A conflict is an
/// <see cref="InconsistentStateException"/>, upon which Orleans drops the activation, so the next call reads the record anew. A
/// <see cref="StoreException"/> passes through; Orleans hands it to grains and their callers as the inner exception of an
/// <see cref="OrleansException"/>.
/// </remarks>
public sealed class ArtifactGrainStorage(IArtifactStore store, IActivatorProvider activators) : IGrainStorage
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var name = NameOf(stateName, grainId);
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
        {
            Forget(grainState);
            return;
        }

        ArtifactFormat.Check(artifact.Content.Span, $"the record {name} in the store ({store.Description})");
        try
        {
            grainState.State = JsonSerializer.Deserialize<T>(artifact.Content.Span, Json)
                ?? throw new JsonException("The record is null.");
        }
        catch (JsonException e)
        {
            throw new StoreException(
                StoreFailure.Damaged,
                $"the record {name} in the store ({store.Description}) is not the state of a grain ({e.Message}): restore it, or delete it to " +
                "begin anew.",
                e);
        }

        grainState.ETag = artifact.ETag;
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var name = NameOf(stateName, grainId);
        var content = JsonSerializer.SerializeToUtf8Bytes(grainState.State, Json);
        grainState.ETag = await store.ReplaceAsync(name, content, grainState.ETag, cancellationToken) ?? throw Conflict(name, grainState.ETag);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var name = NameOf(stateName, grainId);
        var cleared = grainState.ETag is { } etag
            ? await store.DeleteAsync(name, etag, cancellationToken)
            : !await store.ExistsAsync(name, cancellationToken);
        if (!cleared)
            throw Conflict(name, grainState.ETag);
        Forget(grainState);
    }

    private static string NameOf(string stateName, GrainId grainId) =>
        ArtifactNames.State(grainId.Type.ToString()!, stateName, grainId.Key.ToString()!);

    private void Forget<T>(IGrainState<T> grainState)
    {
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private InconsistentStateException Conflict(string name, string? etag) => new(
        $"the record {name} in the store ({store.Description}) has changed since this grain read it.", storedEtag: "unknown", etag ?? "none");
}
