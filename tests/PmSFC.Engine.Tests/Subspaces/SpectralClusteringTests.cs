using FsCheck.Xunit;
using PmSFC.Engine.Subspaces;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class SpectralClusteringTests
{
    private static readonly int[] Labels = [.. Enumerable.Range(0, 48).Select(c => c * 7 % 48 / 8)];

    [Property(MaxTest = 25)]
    public void Cluster_PermutedChannels_PermutesLabels(long seed)
    {
        var coefficients = Affinities.Planted(Labels, 5, seed);
        var order = Affinities.Order(Labels.Length, ~seed);

        var partition = SpectralClustering.Cluster(Affinities.Matrix(coefficients), 6, seed);
        var permuted = SpectralClustering.Cluster(Affinities.Matrix(Affinities.Permuted(coefficients, order)), 6, seed);

        Partitions.AdjustedRandIndex(permuted.Labels, [.. order.Select(channel => partition.Labels[channel])]).ShouldBe(1);
        Partitions.AdjustedRandIndex(partition.Labels, Labels).ShouldBe(1);
    }

    [Property(MaxTest = 25)]
    public void Cluster_AnyAffinity_NumbersNonEmptySubspacesByTheirFirstChannels(long seed, byte count)
    {
        var subspaces = 1 + count % Labels.Length;

        var partition = SpectralClustering.Cluster(Affinities.Matrix(Affinities.Planted(Labels, 1, seed)), subspaces, seed);

        partition.Sizes.Count.ShouldBe(subspaces);
        partition.Sizes.ShouldAllBe(size => size > 0);
        Enumerable.Range(0, subspaces).Select(r => partition.ChannelsOf(r)[0]).ShouldBeInOrder();
    }

    [Fact]
    public void Cluster_SameSeed_IsTheSamePartition()
    {
        var affinity = Affinities.Matrix(Affinities.Planted(Labels, 1.2, seed: 4));

        SpectralClustering.Cluster(affinity, 6, seed: 9).ShouldBe(SpectralClustering.Cluster(affinity, 6, seed: 9));
    }

    [Fact]
    public void Cluster_ZeroAffinity_SaysWhatToChange() =>
        Should
            .Throw<DegenerateAffinityException>(() => SpectralClustering.Cluster(Affinities.Matrix(new float[64]), 2, seed: 1))
            .Message.ShouldBe(
                "All coefficients between channels are zero, so there is nothing to group; "
                    + "raise 'steps' or 'learning-rate', or lower 'mu'."
            );

    [Fact]
    public void Cluster_IsolatedChannel_IsNamed()
    {
        var coefficients = Affinities.Planted([0, 0, 1, 1, 0, 1], 5, seed: 1);
        for (var i = 0; i < 6; i++)
            coefficients[3 * 6 + i] = coefficients[i * 6 + 3] = 0;

        Should
            .Throw<DegenerateAffinityException>(() => SpectralClustering.Cluster(Affinities.Matrix(coefficients), 2, seed: 1))
            .Message.ShouldStartWith("1 of 6 channels have no affinity to any other (the first is channel 3)");
    }

    [Fact]
    public void Cluster_FewerGroupsThanSubspaces_SaysWhatToChange()
    {
        // Two channels in each of three pairs: every pair is one point of the embedding in three dimensions.
        var coefficients = new float[36];
        for (var i = 0; i < 6; i++)
            coefficients[i * 6 + (i ^ 1)] = 1;

        SpectralClustering.Cluster(Affinities.Matrix(coefficients), 3, seed: 1).Labels.ShouldBe([0, 0, 1, 1, 2, 2]);
        KMeans
            .Cluster(
                [
                    [0.0],
                    [0.0],
                    [1.0],
                ],
                clusters: 3,
                starts: 5,
                seed: 1
            )
            .ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(49)]
    public void Cluster_SubspacesOutOfRange_IsRefused(int subspaces) =>
        Should.Throw<ArgumentOutOfRangeException>(() =>
            SpectralClustering.Cluster(Affinities.Matrix(Affinities.Planted(Labels, 2, seed: 1)), subspaces, seed: 1)
        );

    [FactNeeding<Reference.WithNumpy>]
    public void Cluster_WeakGroups_AgreesWithNumpy()
    {
        foreach (var strength in new[] { 1.0, 1.5, 3.0 })
        {
            var affinity = Affinities.Matrix(Affinities.Planted(Labels, strength, seed: 17));

            var expected = PythonReference.Ask(affinity, 6);
            var points = SpectralClustering.Embed(affinity, 6);
            var found = KMeans.Cluster(points, 6, starts: 50, seed: 1)!;

            for (var i = 0; i < points.Length; i++)
            {
                for (var j = 0; j < points.Length; j++)
                    points[i].Zip(points[j], (a, b) => a * b).Sum().ShouldBe(expected.Gram[i][j], 1e-8);
            }

            found.Inertia.ShouldBeLessThanOrEqualTo(expected.Inertia * (1 + 1e-9));
            if (strength > 2)
                Partitions.AdjustedRandIndex(found.Labels, expected.Labels).ShouldBe(1);
        }
    }
}
