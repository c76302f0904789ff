using System.Collections.Immutable;
using System.Text.Json;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Networks;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Training;
using PmSFC.Storage;

namespace PmSFC.Silo.Verifying;

/// <summary>What a store has of a network.</summary>
internal static class StoredNetwork
{
    /// <summary>The card of a network; null where it is damaged or another network's.</summary>
    public static TrainedNetwork? Read(ReadOnlyMemory<byte> card, NetworkSpec spec)
    {
        try
        {
            var network = TrainedNetwork.FromJson(card.Span, default);
            return
                ArtifactSeal.Of(card.Span).State != SealState.Broken
                && network.Kind == spec.Kind
                && network.Seed == spec.Seed
                && Settings.Agree(network.Settings, spec.Settings)
                ? network
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with a stored network; empty where it has no card, and so is not made yet.</summary>
    public static async Task<ImmutableArray<ArtifactFault>> CheckAsync(
        IArtifactStore store,
        NetworkSpec spec,
        CancellationToken cancellationToken
    )
    {
        var (cardName, weightsName) = (ArtifactNames.NetworkCard(spec.Id), ArtifactNames.NetworkWeights(spec.Id));
        if (await store.ReadAsync(cardName, cancellationToken) is not { } card)
            return [];
        if (Read(card.Content, spec) is null)
            return [new ArtifactFault(cardName, FaultKind.Damaged, "is not this network's card")];
        if (await store.ReadAsync(weightsName, cancellationToken) is not { } weights)
            return [ArtifactFault.Missing(weightsName)];
        var isSound = ArtifactSeal.Of(card.Content.Span).Proves("weights.safetensors", weights.Content.Span)
            ?? (spec.Weights is { } imported ? ContentId.Hash(weights.Content.Span) == imported.ContentId : IsSafetensors(weights.Content));
        return isSound ? [] : [ArtifactFault.Changed(weightsName)];
    }

    /// <summary>Whether bytes are a whole safetensors file.</summary>
    public static bool IsSafetensors(ReadOnlyMemory<byte> content)
    {
        try
        {
            return SafetensorsFile.Read(content, "the file").Header is not null;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }
}
