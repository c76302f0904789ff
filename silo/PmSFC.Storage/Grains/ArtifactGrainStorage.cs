using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace PmSFC.Storage;

/// <summary>Grain state as JSON records of an artifact store, one for each grain and state name.</summary>
/// <remarks>
/// A state is what System.Text.Json round-trips: public settable or init-only properties. A conflict is an
/// <see cref="InconsistentStateException"/>, upon which Orleans drops the activation, so the next call reads the record again. A
/// <see cref="StoreException"/> passes through; Orleans hands it to grains and their callers as the inner exception of an
/// <see cref="OrleansException"/>.
/// <para>A record that cannot be understood counts as none, with a warning in the log, and the next write replaces it: what is done is told by the
/// results in the store, and a grain without a record asks the store. A record of a later format is refused and kept.</para>
/// </remarks>
public sealed partial class ArtifactGrainStorage(IArtifactStore store, IActivatorProvider activators, ILogger<ArtifactGrainStorage> logger)
    : IGrainStorage
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var name = GrainRecord.NameOf(stateName, grainId);
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
        {
            Forget(grainState);
            return;
        }

        ArtifactFormat.Check(artifact.Content.Span, $"the record {name} in the store ({store.Description})");
        try
        {
            grainState.State = GrainRecord.Read<T>(artifact.Content.Span);
        }
        catch (JsonException e)
        {
            LogDamaged(name, store.Description, artifact.Content.Length, e.Message);
            grainState.State = activators.GetActivator<T>().Create();
        }

        grainState.ETag = artifact.ETag;
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var name = GrainRecord.NameOf(stateName, grainId);
        var content = GrainRecord.Write(grainState.State);
        grainState.ETag = await store.ReplaceAsync(name, content, grainState.ETag, cancellationToken)
            ?? throw Conflict(name, grainState.ETag);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var name = GrainRecord.NameOf(stateName, grainId);
        var cleared = grainState.ETag is { } etag
            ? await store.DeleteAsync(name, etag, cancellationToken)
            : !await store.ExistsAsync(name, cancellationToken);
        if (!cleared)
            throw Conflict(name, grainState.ETag);
        Forget(grainState);
    }

    private void Forget<T>(IGrainState<T> grainState)
    {
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private InconsistentStateException Conflict(string name, string? etag) =>
        new(
            $"the record {name} in the store ({store.Description}) has changed since this grain read it.",
            storedEtag: "unknown",
            etag ?? "none"
        );

    [LoggerMessage(
        LogLevel.Warning,
        "The record {Name} in the store ({Store}) has {Length} bytes that are not the state of a grain ({Reason}); it is made again from what else is stored."
    )]
    private partial void LogDamaged(string name, string store, int length, string reason);
}
