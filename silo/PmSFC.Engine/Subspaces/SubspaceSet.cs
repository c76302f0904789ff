using System.Text.Json;
using System.Text.Json.Serialization;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Subspaces;

/// <summary>The subspaces of a generator's split layer, how they came about, and how well they stand out.</summary>
public sealed record SubspaceSet
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
    };

    /// <summary>Name of the discovery.</summary>
    public required string Method { get; init; }

    /// <summary>l, number of blocks in G1.</summary>
    public required int SplitLayer { get; init; }

    /// <summary>The subspace of each of the C channels, 0 to R − 1.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>Channels in each of the R subspaces.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>Share of the affinity inside subspaces, 0 to 1; <see langword="null"/> for a random partition.</summary>
    public double? ShareInside { get; init; }

    /// <summary>Mean of the same over 100 random partitions of the same sizes.</summary>
    public double? ShareByChance { get; init; }

    /// <summary>The largest of them.</summary>
    public double? LargestShareByChance { get; init; }

    /// <summary>
    /// Mean share inside subspaces that were found in the same way in 20 affinities of the same entries in random places; <see langword="null"/> for a
    /// random partition, in sets of earlier versions, and where such affinities cannot be grouped.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ShareShuffled { get; init; }

    /// <summary>The largest of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LargestShareShuffled { get; init; }

    /// <summary>The terms of Eq. 5 over time; empty for a random partition.</summary>
    public IReadOnlyList<DiscoveryLosses> LossHistory { get; init; } = [];

    /// <summary>Every setting of the discovery.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Seed of every random draw.</summary>
    public required long Seed { get; init; }

    /// <summary>S, C×C, row-major, an artifact of its own next to the JSON; <see langword="null"/> for a random partition.</summary>
    [JsonIgnore]
    public float[]? Coefficients { get; init; }

    /// <summary>The partition that the inversion uses.</summary>
    [JsonIgnore]
    public ChannelPartition Partition => new(Labels, Sizes.Count);

    /// <summary>A set that was found in an affinity, with how well it stands out there.</summary>
    /// <param name="method">Name of the discovery.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="coefficients">S.</param>
    /// <param name="affinity">A of S.</param>
    /// <param name="partition">The subspaces.</param>
    /// <param name="shareDraw">The number of the draw of random partitions and shuffled affinities.</param>
    /// <param name="group">How the subspaces were found: from an affinity and a seed.</param>
    internal static SubspaceSet Of(
        string method,
        ResolvedSettings settings,
        long seed,
        float[] coefficients,
        AffinityMatrix affinity,
        ChannelPartition partition,
        long shareDraw,
        Func<AffinityMatrix, long, ChannelPartition> group
    )
    {
        var share = AffinityShare.Of(affinity, partition, SplitMix64.Derive(seed, shareDraw), group);
        return new SubspaceSet
        {
            Method = method,
            SplitLayer = SplitSetting.Bind(settings),
            Labels = partition.Labels,
            Sizes = partition.Sizes,
            ShareInside = share.Inside,
            ShareByChance = share.ByChance,
            LargestShareByChance = share.LargestByChance,
            ShareShuffled = share.Shuffled,
            LargestShareShuffled = share.LargestShuffled,
            Settings = settings,
            Seed = seed,
            Coefficients = coefficients,
        };
    }

    /// <summary>All but the coefficients.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The JSON is not that of a subspace set, or its labels and sizes contradict each other.</exception>
    public static SubspaceSet FromJson(ReadOnlySpan<byte> json)
    {
        var set = JsonSerializer.Deserialize<SubspaceSet>(json, Json) ?? throw new JsonException("The subspace set is null.");
        try
        {
            if (set.Partition.Sizes.SequenceEqual(set.Sizes))
                return set;
        }
        catch (ArgumentException exception)
        {
            throw new JsonException($"The subspace set cannot be used: {exception.Message}", exception);
        }

        throw new JsonException("The subspace set's sizes do not fit its labels.");
    }

    /// <summary>A = (|S| + |Sᵀ|) / 2 with the channels of a subspace side by side, for a picture (Fig. 3).</summary>
    /// <returns>C×C; <see langword="null"/> where there are no coefficients.</returns>
    public float[,]? OrderedAffinity() =>
        Coefficients is null ? null : AffinityMatrix.FromCoefficients(Coefficients, Labels.Count).Reordered(Partition.Order);
}
