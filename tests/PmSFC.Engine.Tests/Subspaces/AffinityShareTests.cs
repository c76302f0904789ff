using FsCheck.Xunit;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Subspaces;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class AffinityShareTests
{
    [Fact]
    public void Of_BlockDiagonalAffinity_IsOneAndFarAboveChance()
    {
        int[] labels = [0, 0, 0, 1, 1, 1, 2, 2, 2];
        var coefficients = labels.SelectMany((a, i) => labels.Select((b, j) => a == b && i != j ? 1f : 0f)).ToArray();

        var share = AffinityShare.Of(Affinities.Matrix(coefficients), new ChannelPartition(labels, 3), seed: 1, Cluster(3));

        share.Inside.ShouldBe(1);
        share.LargestByChance.ShouldBeLessThan(1);
        share.Ratio.ShouldBeGreaterThan(2.5);
    }

    [Fact]
    public void Of_EqualAffinities_IsWhatSizesAloneGive()
    {
        int[] labels = [0, 0, 0, 0, 0, 1, 1, 2];
        var coefficients = labels.SelectMany((_, i) => labels.Select((_, j) => i == j ? 0f : 0.5f)).ToArray();

        var share = AffinityShare.Of(Affinities.Matrix(coefficients), new ChannelPartition(labels, 3), seed: 1, Cluster(3));

        // Ordered pairs inside groups of 5, 2 and 1, of 8·7 in all.
        const double expected = (20.0 + 2 + 0) / 56;
        share.Inside.ShouldBe(expected, 1e-12);
        share.ByChance.ShouldBe(expected, 1e-12);
        share.LargestByChance.ShouldBe(expected, 1e-12);
    }

    [Property(MaxTest = 40)]
    public void Of_OtherNumbersForTheSameSubspaces_IsTheSame(long seed)
    {
        int[] labels = [.. Enumerable.Range(0, 20).Select(c => c % 4)];
        var names = Affinities.Order(4, seed);
        var affinity = Affinities.Matrix(Affinities.Planted(labels, 2, seed));

        var share = AffinityShare.Of(affinity, new ChannelPartition(labels, 4), seed, Cluster(4));
        var renamed = AffinityShare.Of(affinity, new ChannelPartition([.. labels.Select(label => names[label])], 4), seed, Cluster(4));

        renamed.Inside.ShouldBe(share.Inside, 1e-12);
        renamed.ByChance.ShouldBe(share.ByChance, 1e-12);
        renamed.LargestByChance.ShouldBe(share.LargestByChance, 1e-12);
    }

    [Fact]
    public void Of_AffinityWithoutStructure_IsAboveRandomPartitionsAndNotAboveShuffledAffinities()
    {
        var affinity = Affinities.Matrix(Affinities.Planted(new int[96], 1, seed: 3));
        var partition = Cluster(6)(affinity, 5);

        var share = AffinityShare.Of(affinity, partition, seed: 1, Cluster(6));

        share.Inside.ShouldBeGreaterThan(share.LargestByChance);
        share.Inside.ShouldBeLessThanOrEqualTo(share.LargestShuffled.ShouldNotBeNull());
        share.Inside.ShouldBe(share.Shuffled.ShouldNotBeNull(), 0.01);
    }

    [Fact]
    public void Of_PlantedGroups_IsAboveShuffledAffinities()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(c => c % 4)];
        var affinity = Affinities.Matrix(Affinities.Planted(labels, 2, seed: 3));

        var share = AffinityShare.Of(affinity, Cluster(4)(affinity, 5), seed: 1, Cluster(4));

        share.Inside.ShouldBeGreaterThan(share.LargestShuffled.ShouldNotBeNull() + 0.05);
        share.ShouldBe(AffinityShare.Of(affinity, Cluster(4)(affinity, 5), seed: 1, Cluster(4)));
    }

    [Fact]
    public void Of_AffinityOfSoFewEntriesThatShuffledOnesFallApart_HasNoShareOfThem()
    {
        // Pairs of channels and nothing else: in other places the entries leave a channel alone, all but surely.
        var coefficients = new float[40 * 40];
        for (var c = 0; c < 40; c += 2)
            coefficients[c * 40 + c + 1] = 1;
        var affinity = Affinities.Matrix(coefficients);

        var share = AffinityShare.Of(
            affinity,
            new ChannelPartition([.. Enumerable.Range(0, 40).Select(c => c / 2)], 20),
            seed: 1,
            Cluster(20)
        );

        share.Inside.ShouldBe(1);
        share.Shuffled.ShouldBeNull();
        share.LargestShuffled.ShouldBeNull();
    }

    [Fact]
    public void Shuffled_Affinity_HasTheSameEntriesInOtherPlaces()
    {
        var affinity = Affinities.Matrix(Affinities.Planted([0, 0, 1, 1, 2, 2], 2, seed: 1));

        var shuffled = affinity.Shuffled(7);

        Entries(shuffled).Order().ShouldBe(Entries(affinity).Order());
        Entries(shuffled).ShouldNotBe(Entries(affinity));
        Entries(shuffled).ShouldBe(Entries(affinity.Shuffled(7)));
        for (var i = 0; i < 6; i++)
        {
            shuffled[i, i].ShouldBe(0);
            for (var j = 0; j < i; j++)
                shuffled[i, j].ShouldBe(shuffled[j, i]);
        }

        static double[] Entries(AffinityMatrix matrix) =>
            [.. from i in Enumerable.Range(0, 6) from j in Enumerable.Range(0, i) select matrix[i, j]];
    }

    private static Func<AffinityMatrix, long, ChannelPartition> Cluster(int subspaces) =>
        (affinity, seed) => SpectralClustering.Cluster(affinity, subspaces, seed);
}
