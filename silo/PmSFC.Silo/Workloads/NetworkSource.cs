using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Engine.Training;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Reads trained networks from the store.</summary>
internal static class NetworkSource
{
    private const string Advice = "'sweep resume' trains it again; an imported one comes back with 'sweep run FILE'.";

    /// <summary>A stored network.</summary>
    /// <exception cref="BadInputException">The store has none of this id, or a damaged one.</exception>
    public static async Task<TrainedNetwork> ReadAsync(string id, IArtifactStore store)
    {
        var card = await ReadArtifactAsync(ArtifactNames.NetworkCard(id), id, store);
        ArtifactFormat.Check(card.Span, ArtifactNames.NetworkCard(id));
        var weights = await ReadArtifactAsync(ArtifactNames.NetworkWeights(id), id, store);
        var seal = ArtifactSeal.Of(card.Span);
        if (seal.State == SealState.Broken || seal.Proves("weights.safetensors", weights.Span) == false)
            throw new BadInputException($"The network {id} in the store has changed since it was stored; {Advice}");
        try
        {
            return TrainedNetwork.FromJson(card.Span, weights);
        }
        catch (JsonException damage)
        {
            throw new BadInputException(
                $"'{ArtifactNames.NetworkCard(id)}' in the store is damaged ({ArtifactFormat.Reason(card.Span, damage)}); {Advice}"
            );
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadArtifactAsync(string name, string id, IArtifactStore store) =>
        (await store.ReadAsync(name))?.Content
        ?? throw new BadInputException($"The store has no network {id} ('{name}' is missing); {Advice}");
}
