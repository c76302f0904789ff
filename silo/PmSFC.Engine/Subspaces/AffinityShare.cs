using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// How much of the affinity lies between channels of the same subspace, and what chance gives. A share has a meaning only next to its values by
/// chance. There are two: random partitions have what the sizes alone give; subspaces that are found in a shuffled affinity have more, since a grouping
/// finds large numbers together where nothing but chance put them. Only a share above the second speaks for structure.
/// </summary>
/// <param name="Inside">Sum of A inside the subspaces / sum of A, 0 to 1.</param>
/// <param name="ByChance">Mean of the same over <see cref="Draws"/> random partitions of the same sizes.</param>
/// <param name="LargestByChance">The largest of them.</param>
/// <param name="Shuffled">
/// Mean share over <see cref="Shuffles"/> affinities of the same entries in random places, each grouped as A was; null where no such affinity can be grouped.
/// </param>
/// <param name="LargestShuffled">The largest of them.</param>
public sealed record AffinityShare(double Inside, double ByChance, double LargestByChance, double? Shuffled, double? LargestShuffled)
{
    /// <summary>Number of random partitions.</summary>
    public const int Draws = 100;

    /// <summary>Number of shuffled affinities.</summary>
    public const int Shuffles = 20;

    // Draws of the shuffles, which belong to none of the random partitions' stream.
    private const long ShuffleDraw = -1,
        GroupingDraw = -2;

    /// <summary>How many times the share by chance.</summary>
    public double Ratio => Inside / ByChance;

    /// <summary>Measures a partition, draws the random ones and groups the shuffled affinities.</summary>
    /// <param name="affinity">A, not all zero.</param>
    /// <param name="partition">Of the same C channels.</param>
    /// <param name="seed">Determines every draw.</param>
    /// <param name="group">How the partition was found in A: from an affinity and a seed.</param>
    public static AffinityShare Of(
        AffinityMatrix affinity,
        ChannelPartition partition,
        long seed,
        Func<AffinityMatrix, long, ChannelPartition> group
    )
    {
        var total = affinity.Degrees().Sum();
        var random = new SplitMix64(seed);
        var labels = partition.Labels.ToArray();
        var chance = new double[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            random.Shuffle(labels.AsSpan());
            chance[draw] = SumInside(affinity, labels) / total;
        }

        var shuffled = Enumerable
            .Range(0, Shuffles)
            .Select(draw => OfShuffled(affinity, draw, seed, group))
            .OfType<double>()
            .Select(sum => sum / total)
            .ToList();
        return new AffinityShare(
            SumInside(affinity, partition.Labels) / total,
            chance.Average(),
            chance.Max(),
            shuffled.Count > 0 ? shuffled.Average() : null,
            shuffled.Count > 0 ? shuffled.Max() : null
        );
    }

    /// <summary>The sum inside subspaces that are found in a shuffled affinity; null where it falls apart, as one of few entries does.</summary>
    private static double? OfShuffled(AffinityMatrix affinity, int draw, long seed, Func<AffinityMatrix, long, ChannelPartition> group)
    {
        var shuffled = affinity.Shuffled(SplitMix64.Derive(SplitMix64.Derive(seed, ShuffleDraw), draw));
        try
        {
            return SumInside(shuffled, group(shuffled, SplitMix64.Derive(SplitMix64.Derive(seed, GroupingDraw), draw)).Labels);
        }
        catch (DegenerateAffinityException)
        {
            return null;
        }
    }

    private static double SumInside(AffinityMatrix affinity, IReadOnlyList<int> labels)
    {
        var sum = 0.0;
        for (var i = 0; i < affinity.Size; i++)
        {
            for (var j = 0; j < affinity.Size; j++)
            {
                if (labels[i] == labels[j])
                    sum += affinity[i, j];
            }
        }

        return sum;
    }
}
