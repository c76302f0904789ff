using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Engine.Training;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Reads trained networks from the store.</summary>
internal static class NetworkSource
{
    /// <summary>A stored network.</summary>
    /// <exception cref="BadInputException">The store has none of this id, or a damaged one.</exception>
    public static async Task<TrainedNetwork> Read(string id, PatientStore store)
    {
        var card = await ReadArtifact(ArtifactNames.NetworkCard(id), id, store);
        ArtifactFormat.Check(card.Span, ArtifactNames.NetworkCard(id));
        var weights = await ReadArtifact(ArtifactNames.NetworkWeights(id), id, store);
        try
        {
            return TrainedNetwork.FromJson(card.Span, weights);
        }
        catch (JsonException damage)
        {
            throw new BadInputException(
                $"'{ArtifactNames.NetworkCard(id)}' in the store is damaged ({damage.Message}); delete it and start the sweep again.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadArtifact(string name, string id, PatientStore store) => await store.Read(name)
        ?? throw new BadInputException($"The store has no network {id} ('{name}' is missing); start the sweep again to train it.");
}
