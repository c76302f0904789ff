using FsCheck.Xunit;
using PmSFC.Engine.Subspaces;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class AffinityShareTests
{
    [Fact]
    public void Of_BlockDiagonalAffinity_IsOneAndFarAboveChance()
    {
        int[] labels = [0, 0, 0, 1, 1, 1, 2, 2, 2];
        var coefficients = labels.SelectMany((a, i) => labels.Select((b, j) => a == b && i != j ? 1f : 0f)).ToArray();

        var share = AffinityShare.Of(Affinities.Matrix(coefficients), new ChannelPartition(labels, 3), seed: 1);

        share.Inside.ShouldBe(1);
        share.LargestByChance.ShouldBeLessThan(1);
        share.Ratio.ShouldBeGreaterThan(2.5);
    }

    [Fact]
    public void Of_EqualAffinities_IsWhatSizesAloneGive()
    {
        int[] labels = [0, 0, 0, 0, 0, 1, 1, 2];
        var coefficients = labels.SelectMany((_, i) => labels.Select((_, j) => i == j ? 0f : 0.5f)).ToArray();

        var share = AffinityShare.Of(Affinities.Matrix(coefficients), new ChannelPartition(labels, 3), seed: 1);

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

        var share = AffinityShare.Of(affinity, new ChannelPartition(labels, 4), seed);
        var renamed = AffinityShare.Of(affinity, new ChannelPartition([.. labels.Select(label => names[label])], 4), seed);

        renamed.Inside.ShouldBe(share.Inside, 1e-12);
        renamed.ByChance.ShouldBe(share.ByChance, 1e-12);
        renamed.LargestByChance.ShouldBe(share.LargestByChance, 1e-12);
    }
}
