using System.Collections.Immutable;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Client.Results;
using PmSFC.Storage;

namespace PmSFC.Client.Reports;

/// <summary>What a report shows of a stored subspace set.</summary>
internal sealed record DiscoverySummary
{
    /// <summary>What was asked for.</summary>
    public required SubspaceSpec Spec { get; init; }

    /// <summary>Labels of the cells that use it.</summary>
    public required ImmutableArray<string> Cells { get; init; }

    /// <summary>What is stored, or null where nothing (readable) is.</summary>
    public required StoredSet? Set { get; init; }

    /// <summary>The affinity ordered by cluster as PNG, or null.</summary>
    public required ReadOnlyMemory<byte>? Affinity { get; init; }

    /// <summary>Reads a set and its picture.</summary>
    public static async Task<DiscoverySummary> ReadAsync(
        IArtifactStore store,
        SubspaceSpec spec,
        ImmutableArray<string> cells,
        CancellationToken cancellationToken
    ) =>
        new()
        {
            Spec = spec,
            Cells = cells,
            Set = await StoredJson.ReadOrNullAsync<StoredSet>(store, ArtifactNames.SubspaceSet(spec.Id), cancellationToken),
            Affinity = (await store.ReadAsync(ArtifactNames.SubspaceAffinity(spec.Id), cancellationToken))?.Content,
        };

    /// <summary>The members of <c>set.json</c> that are shown.</summary>
    internal sealed record StoredSet
    {
        /// <summary>Channels in each subspace.</summary>
        public required ImmutableArray<int> Sizes { get; init; }

        /// <summary>Share of the affinity inside subspaces, 0 to 1, or null for a random partition.</summary>
        public double? ShareInside { get; init; }

        /// <summary>Mean of the same over random partitions of the same sizes.</summary>
        public double? ShareByChance { get; init; }

        /// <summary>The largest of them.</summary>
        public double? LargestShareByChance { get; init; }

        /// <summary>Mean share inside subspaces found alike in shuffled affinities, or null where an earlier version stored the set.</summary>
        public double? ShareShuffled { get; init; }

        /// <summary>The largest of them.</summary>
        public double? LargestShareShuffled { get; init; }

        /// <summary>The terms of the discovery's loss over time.</summary>
        public ImmutableArray<StoredLosses> LossHistory { get; init; } = [];
    }

    /// <summary>One point of <see cref="StoredSet.LossHistory"/>.</summary>
    internal sealed record StoredLosses(int Iteration, double Feature, double Image, double Sparsity);
}
