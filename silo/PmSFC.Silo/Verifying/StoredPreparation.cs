using System.Collections.Immutable;
using PmSFC.Abstractions.Preparations;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;

namespace PmSFC.Silo.Verifying;

/// <summary>What a store has of a preparation that is neither a subspace set nor a network.</summary>
internal static class StoredPreparation
{
    /// <summary>What is wrong with it; empty where it has no card, and so is not made yet.</summary>
    public static async Task<ImmutableArray<ArtifactFault>> CheckAsync(
        IArtifactStore store,
        IPreparationSpec spec,
        CancellationToken cancellationToken
    )
    {
        var (cardName, contentName) = (ArtifactNames.PreparationCard(spec.Id), ArtifactNames.PreparationContent(spec.Id));
        if (await store.ReadAsync(cardName, cancellationToken) is not { Content: var card })
            return [];
        if (!PreparationCard.IsOf(card.Span, spec.Id))
            return [new ArtifactFault(cardName, FaultKind.Damaged, "is not this preparation's card")];
        if (await store.ReadAsync(contentName, cancellationToken) is not { Content: var content })
            return [ArtifactFault.Missing(contentName)];
        return ArtifactSeal.Of(card.Span).Proves(PreparationCard.ContentFile, content.Span) == true
            ? []
            : [ArtifactFault.Changed(contentName)];
    }
}
