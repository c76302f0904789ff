using PmSFC.Engine.Randomness;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// How much of the affinity lies between channels of the same subspace, beside what partitions drawn at random have. A share is meaningful
/// only beside its value by chance, which grows as sizes become unequal.
/// </summary>
/// <param name="Inside">Sum of A inside the subspaces / sum of A, 0 to 1.</param>
/// <param name="ByChance">Mean of the same over <see cref="Draws"/> random partitions of the same sizes.</param>
/// <param name="LargestByChance">The largest of them.</param>
public sealed record AffinityShare(double Inside, double ByChance, double LargestByChance)
{
    /// <summary>Number of random partitions.</summary>
    public const int Draws = 100;

    /// <summary>How many times the share by chance.</summary>
    public double Ratio => Inside / ByChance;

    /// <summary>Measures a partition and draws the random ones.</summary>
    /// <param name="affinity">A, not all zero.</param>
    /// <param name="partition">Of the same C channels.</param>
    /// <param name="seed">Determines the random partitions.</param>
    public static AffinityShare Of(AffinityMatrix affinity, ChannelPartition partition, long seed)
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

        return new AffinityShare(SumInside(affinity, partition.Labels) / total, chance.Average(), chance.Max());
    }

    private static double SumInside(AffinityMatrix affinity, IReadOnlyList<int> labels)
    {
        var sum = 0.0;
        for (var i = 0; i < affinity.Size; i++)
        {
            for (var j = 0; j < affinity.Size; j++)
            {
                if (labels[i] == labels[j]) sum += affinity[i, j];
            }
        }

        return sum;
    }
}
