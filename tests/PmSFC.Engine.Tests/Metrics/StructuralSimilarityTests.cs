using FsCheck.Xunit;
using PmSFC.Engine.Metrics;
using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class StructuralSimilarityTests
{
    private readonly StructuralSimilarity _metric = new();
    private readonly LumaStructuralSimilarity _luma = new();

    [Fact]
    public void Measure_EqualImages_IsOne()
    {
        _metric.Measure(TestImages.Noise(20, 13, 1), TestImages.Noise(20, 13, 1)).ShouldBe(1, 1e-12);
        _luma.Measure(TestImages.Noise(20, 13, 1), TestImages.Noise(20, 13, 1)).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Measure_ConstantImages_IsTheLuminanceTermAlone()
    {
        RgbImage black = new(12, 12, new byte[432]),
            white = TestImages.Map(black, _ => 255);

        // C1 / (255² + C1) with C1 = 6.5025.
        _metric.Measure(black, white).ShouldBe(6.5025 / (65025 + 6.5025), 1e-12);
        _luma.Measure(black, white).ShouldBe(6.5025 / (65025 + 6.5025), 1e-12);
    }

    [Property(MaxTest = 30)]
    public void Measure_AnyPair_IsSymmetricAndAtMostOne(int seed)
    {
        RgbImage a = TestImages.Noise(17, 12, seed),
            b = TestImages.Waves(17, 12, 20, seed);

        _metric.Measure(a, b).ShouldBe(_metric.Measure(b, a), 1e-12);
        _metric.Measure(a, b).ShouldBeInRange(-1, 1);
    }

    [Fact]
    public void Measure_MoreNoise_IsLower()
    {
        var clean = TestImages.Waves(40, 30, 0, 1);

        double[] similarities = [.. ((int[])[2, 8, 20, 60]).Select(noise => _metric.Measure(clean, TestImages.Waves(40, 30, noise, 2)))];

        similarities.ShouldBe(similarities.OrderDescending());
    }

    [Fact]
    public void Measure_SmallerThanTheWindow_SaysSo() =>
        Should
            .Throw<UndefinedMetricException>(() => _metric.Measure(TestImages.Noise(64, 10, 1), TestImages.Noise(64, 10, 1)))
            .Message.ShouldBe("ssim needs images of at least 11×11 pixels, its window, but these are 64×10.");

    [Fact]
    public void Measure_DifferentSizes_SaysBoth() =>
        Should
            .Throw<ArgumentException>(() => _luma.Measure(TestImages.Noise(14, 15, 1), TestImages.Noise(15, 14, 1)))
            .Message.ShouldStartWith("ssim-y compares images of one size, but the reference is 14×15 and the image 15×14");

    [TheoryNeeding<Calibration>]
    [InlineData("I04", 0.9978)]
    [InlineData("I06", 0.9989)]
    public void Measure_CalibrationPair_HasThePublishedValueOfY(string pair, double expected) =>
        _luma.Measure(Calibration.Reference(pair), Calibration.Distorted(pair)).ShouldBe(expected, 0.00005);
}
