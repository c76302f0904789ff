using System.Collections.Immutable;
using PmSFC.Abstractions.Networks;
using PmSFC.Client.Results;
using PmSFC.Storage;

namespace PmSFC.Client.Reports;

/// <summary>What a report shows of a trained network.</summary>
internal sealed record NetworkSummary
{
    /// <summary>What was asked for.</summary>
    public required NetworkSpec Spec { get; init; }

    /// <summary>Labels of the cells that use it.</summary>
    public required ImmutableArray<string> Cells { get; init; }

    /// <summary>What is stored, or null where nothing (readable) is.</summary>
    public required StoredCard? Card { get; init; }

    /// <summary>Where a network comes from, for people.</summary>
    public static string OriginOf(NetworkSpec network) =>
        network switch
        {
            { Weights: { } weights } => $"imported from {weights.FileName}",
            { Images: { } images } => $"seed {Html.Number(network.Seed)}, learned from {Html.Number(images.Count)} of the user's images",
            _ => $"seed {Html.Number(network.Seed)}",
        };

    /// <summary>Reads a network's card.</summary>
    public static async Task<NetworkSummary> ReadAsync(
        IArtifactStore store,
        NetworkSpec spec,
        ImmutableArray<string> cells,
        CancellationToken cancellationToken
    ) =>
        new()
        {
            Spec = spec,
            Cells = cells,
            Card = await StoredJson.ReadOrNullAsync<StoredCard>(store, ArtifactNames.NetworkCard(spec.Id), cancellationToken),
        };

    /// <summary>The members of <c>card.json</c> that are shown.</summary>
    internal sealed record StoredCard
    {
        /// <summary>Names of the loss's terms.</summary>
        public ImmutableArray<string> Terms { get; init; } = [];

        /// <summary>The terms over time.</summary>
        public ImmutableArray<StoredLosses> LossHistory { get; init; } = [];
    }

    /// <summary>One point of <see cref="StoredCard.LossHistory"/>.</summary>
    internal sealed record StoredLosses(int Iteration, ImmutableArray<double> Values);
}
