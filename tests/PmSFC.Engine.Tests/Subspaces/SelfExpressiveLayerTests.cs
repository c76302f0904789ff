using PmSFC.Engine.Subspaces;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class SelfExpressiveLayerTests
{
    private static readonly SelfExpressiveObjective FeaturesOnly = new(Lambda: 0, Mu: 1, CoefficientNorm.Mean);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Step_ChannelsOfIndependentSubspaces_ClustersAreExactlyThose(long seed)
    {
        var union = new UnionOfSubspaces(seed);
        using var layer = new SelfExpressiveLayer(new float[union.Channels * union.Channels], union.Channels, FeaturesOnly, 0.01, CPU);
        using var maps = tensor(union.Maps, 1, union.Channels, UnionOfSubspaces.Resolution, UnionOfSubspaces.Resolution);
        layer.Step(maps, null);
        var first = layer.Losses()!;
        for (var i = 1; i < 400; i++)
            layer.Step(maps, null);

        var affinity = AffinityMatrix.FromCoefficients(layer.Coefficients, union.Channels);
        var partition = SpectralClustering.Cluster(affinity, UnionOfSubspaces.Subspaces, seed);

        Partitions.AdjustedRandIndex(partition.Labels, union.Labels).ShouldBe(1);
        layer.Losses()!.Feature.ShouldBeLessThan(0.2f * first.Feature);
        for (var c = 0; c < union.Channels; c++)
            layer.Coefficients[c * union.Channels + c].ShouldBe(0f);
    }

    [Fact]
    public void Step_Sums_TermsAreThoseOfTheEquation()
    {
        // F of two codes with two channels on one pixel: (1, 2) and (3, 4); F S exchanges and scales the channels; G2 doubles.
        using var layer = new SelfExpressiveLayer([9, 0.5f, -2, 9], 2, new(Lambda: 10, Mu: 1, CoefficientNorm.Sum), 0.01, CPU);
        using var maps = tensor(new float[] { 1, 2, 3, 4 }, 2, 2, 1, 1);

        layer.Step(maps, features => features * 2);

        // F − FS: (1 + 4, 2 − 0.5) and (3 + 8, 4 − 1.5); squares summed over a code, averaged over two codes.
        var expected = (25 + 2.25f + 121 + 6.25f) / 2;
        layer.Losses().ShouldBe(new DiscoveryLosses(1, expected, 4 * expected, 2.5f));
    }

    [Fact]
    public void Step_Means_TermsAreMeansOverTheirEntries()
    {
        using var layer = new SelfExpressiveLayer([9, 0.5f, -2, 9], 2, new(Lambda: 10, Mu: 1, CoefficientNorm.Mean), 0.01, CPU);
        using var maps = tensor(new float[] { 1, 2, 3, 4 }, 2, 2, 1, 1);

        layer.Step(maps, features => features * 2);

        var expected = (25 + 2.25f + 121 + 6.25f) / 4;
        layer.Losses().ShouldBe(new DiscoveryLosses(1, expected, 4 * expected, 2.5f / 4));
    }

    [Fact]
    public void Step_FirstOfAdam_MovesEveryCoefficientOffTheDiagonalByTheLearningRate()
    {
        using var layer = new SelfExpressiveLayer([0, 0.5f, -2, 0], 2, new(Lambda: 0, Mu: 1, CoefficientNorm.Sum), 0.01, CPU);
        using var maps = tensor(new float[] { 1, 2 }, 1, 2, 1, 1);

        layer.Step(maps, null);

        // dL/dS₁₂ = −2·1·(2 − 0.5) + 1 = −2 and dL/dS₂₁ = −2·2·(1 + 4) − 1 = −21.
        layer.Coefficients[1].ShouldBe(0.51f, 1e-6f);
        layer.Coefficients[2].ShouldBe(-1.99f, 1e-6f);
        layer.Coefficients[0].ShouldBe(0f);
        layer.Coefficients[3].ShouldBe(0f);
    }
}
