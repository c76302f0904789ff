using PmSFC.Client.Results;

namespace PmSFC.Client.Tests.Results;

public class EstimateTests
{
    // The 0.975 quantiles of Student's t as statistical tables print them (and scipy.stats.t.ppf).
    [Theory]
    [InlineData(1, 12.7062047)]
    [InlineData(2, 4.3026527)]
    [InlineData(4, 2.7764451)]
    [InlineData(7, 2.3646243)]
    [InlineData(23, 2.0686576)]
    [InlineData(29, 2.0452296)]
    [InlineData(99, 1.9842170)]
    [InlineData(299, 1.9679296)]
    public void Of_SampleOfUnitError_HasTheTabulatedQuantileAsHalfWidth(int degrees, double quantile)
    {
        // n values ±1 (and a 0 where n is odd) have mean 0; scaling by √n/s makes the standard error 1.
        var n = degrees + 1;
        var signs = Enumerable
            .Range(0, n)
            .Select(i =>
                n % 2 == 1 && i == n - 1 ? 0.0
                : i % 2 == 0 ? 1
                : -1
            )
            .ToList();
        var deviation = Math.Sqrt(signs.Sum(sign => sign * sign) / degrees);

        var estimate = Estimate.Of([.. signs.Select(sign => sign * Math.Sqrt(n) / deviation)])!.Value;

        estimate.Mean.ShouldBe(0, 1e-12);
        estimate.HalfWidth!.Value.ShouldBe(quantile, 1e-6);
    }

    [Fact]
    public void Of_OneToFive_IsWhatOneComputesByHand()
    {
        // s² = 10/4 = 2.5; half width 2.7764451 · √(2.5/5) = 1.9632432
        var estimate = Estimate.Of([1, 2, 3, 4, 5])!.Value;

        (estimate.Mean, estimate.Count).ShouldBe((3, 5));
        estimate.HalfWidth!.Value.ShouldBe(1.9632432, 1e-6);
        estimate.Low!.Value.ShouldBe(1.0367568, 1e-6);
        estimate.High!.Value.ShouldBe(4.9632432, 1e-6);
    }

    [Fact]
    public void Of_NoneOrOne_HasNoInterval()
    {
        Estimate.Of([]).ShouldBeNull();
        Estimate.Of([double.NaN]).ShouldBeNull();
        Estimate.Of([7]).ShouldBe(new Estimate(7, null, 1));
    }

    [Fact]
    public void Of_InfiniteValues_CountsThemBesideTheMeanOfTheOthers()
    {
        Estimate.Of([7, double.PositiveInfinity]).ShouldBe(new Estimate(7, null, 1, 1));
        var both = Estimate.Of([1, double.PositiveInfinity, 2, 3, double.NegativeInfinity, 4, 5, double.NaN])!.Value;
        (both.Mean, both.Count, both.Infinite, both.Total).ShouldBe((3, 5, 2, 7));
        both.HalfWidth!.Value.ShouldBe(1.9632432, 1e-6);
        Estimate.Of([double.PositiveInfinity, double.PositiveInfinity]).ShouldBe(new Estimate(double.PositiveInfinity, null, 0, 2));
        Estimate.Of([double.PositiveInfinity, double.NegativeInfinity]).ShouldBe(new Estimate(double.NaN, null, 0, 2));
    }

    [Theory]
    [InlineData(3, 1, 2)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, 0)]
    [InlineData(double.PositiveInfinity, 1, double.PositiveInfinity)]
    [InlineData(1, double.PositiveInfinity, double.NegativeInfinity)]
    public void Difference_OfInfinities_IsZeroWhereTheyAreEqual(double value, double reference, double expected) =>
        Estimate.Difference(value, reference).ShouldBe(expected);
}
