using PmSFC.Engine.Methods.ColHallucination;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Training.Colorization;

public sealed class AbBinsTests
{
    [Fact]
    public void Encode_OfACenter_GivesItsBinAndItsFourNeighbours()
    {
        using var scope = NewDisposeScope();
        using var bins = new AbBins(CPU, ScalarType.Float64);
        var (found, shares) = bins.Encode(tensor(new double[] { 10, -20 }).view(1, 2));

        var centers = found.data<long>().Select(bin => AbBins.Centers[(int)bin]).ToArray();
        centers[0].ShouldBe((10, -20));
        centers.ShouldBe([(10, -20), (0, -20), (20, -20), (10, -10), (10, -30)], ignoreOrder: true);
        var own = 1 / (1 + 4 * Math.Exp(-100.0 / 50));
        shares[0, 0].item<double>().ShouldBe(own, 1e-12);
        shares.sum().item<double>().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Weights_OfOneFrequentColour_AreLowThereAndHaveMeanOne()
    {
        using var scope = NewDisposeScope();
        using var bins = new AbBins(CPU, ScalarType.Float64);
        var counts = ones(AbBins.Centers.Count, dtype: ScalarType.Float64);
        var gray = AbBins.Centers.ToList().IndexOf((0, 0));
        counts[gray] = 10_000;
        var weights = bins.Weights(counts, 0.5);

        weights.argmin().item<long>().ShouldBe(gray);
        weights.max().item<double>().ShouldBeGreaterThan(50 * weights.min().item<double>());
        bins.Weights(counts, 1)
            .ShouldSatisfyAllConditions(alike => TestTensors.Difference(alike, ones_like(alike)).ShouldBeLessThan(1e-6f));
    }
}
