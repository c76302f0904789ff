using MathNet.Numerics.Distributions;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Tests.Fixtures;

namespace PmSFC.Client.Tests.Gates;

/// <summary>
/// How often gates are wrong, over simulated pairs of runs of 60 images with the noise that docs/results.md has measured: images differ by 1.74 dB, and two runs
/// of one image by 0.37 dB. Expected rates come from the t distribution alone, central and not.
/// </summary>
public sealed class GateErrorRateTests
{
    private const int Images = 60,
        Runs = 1000;
    private const double DeviationOfImages = 1.74,
        DeviationOfDifferences = 0.37;

    /// <summary>A rate outside of these tails of the binomial distribution, 1 in 10 000 each, is not the expected one.</summary>
    private const double Tail = 1e-4;

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public void Review_EqualRuns_RaisesFalseAlarmsAsOftenAsTheLevelSays(int rows, bool isHeavyTailed)
    {
        var alarms = CountFailures(rows, shift: 0, bound: 0, isHeavyTailed, seed: 1);

        // One-sided, and shared by the rows, which are independent here.
        ShouldBeLikely(alarms, 1 - Math.Pow(1 - 0.025 / rows, rows));
    }

    [Fact]
    public void Review_RegressionAtTheGateItself_FailsAsOftenAsTheLevelSays() =>
        ShouldBeLikely(CountFailures(1, shift: -0.1, bound: -0.1, isHeavyTailed: false, seed: 2), 0.025);

    // By integrating Φ(δ√60/0.37 − t·s) over the density of s, with t of 59 degrees of freedom at 1 − 0.025/m.
    [Theory]
    [InlineData(-0.2, 0, 1, 0.9845)]
    [InlineData(-0.3, -0.1, 1, 0.9845)]
    [InlineData(-0.2, -0.1, 1, 0.5396)]
    public void Review_Regression_IsFoundWithTheStatedPower(double shift, double bound, int rows, double power) =>
        ShouldBeLikely(CountFailures(rows, shift, bound, isHeavyTailed: false, seed: 3), power);

    private static int CountFailures(int rows, double shift, double bound, bool isHeavyTailed, int seed)
    {
        var random = new Random(seed);
        var gate = new Gate(SampleSweep.Metrics[0], bound);
        var images = SampleSweep.Plan(Images, "ours").Images;
        return Enumerable
            .Range(0, Runs)
            .Count(_ => GateReview.Judge([.. Enumerable.Range(0, rows).Select(Decision)]).Any(verdict => verdict.Failed));

        (Gate, MetricComparison) Decision(int row) => (gate, new MetricComparison($"row {row}", gate.Metric, [.. images.Select(Pair)]));

        ImagePair Pair(ImageReference image)
        {
            var level = 27.8 + DeviationOfImages * Normal.Sample(random, 0, 1);
            return new ImagePair(image, level + Noise(), level + shift + Noise());
        }

        // A tenth of the images varies 2.5 times as much as the others; the deviation of all is the same.
        double Noise() =>
            DeviationOfDifferences
            / Math.Sqrt(2)
            * Normal.Sample(random, 0, 1)
            * (!isHeavyTailed ? 1 : (random.Next(10) == 0 ? 2.5 : 1) / Math.Sqrt(0.9 + 0.1 * 6.25));
    }

    private static void ShouldBeLikely(int count, double rate)
    {
        Binomial.CDF(rate, Runs, count).ShouldBeGreaterThan(Tail, $"{count} of {Runs} are too few for {rate}");
        Binomial.CDF(rate, Runs, count - 1).ShouldBeLessThan(1 - Tail, $"{count} of {Runs} are too many for {rate}");
    }
}
