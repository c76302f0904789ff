using FsCheck;
using FsCheck.Xunit;
using PmSFC.Engine.Metrics;
using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class PeakSignalToNoiseRatioTests
{
    private readonly PeakSignalToNoiseRatio _metric = new();

    [Fact]
    public void Measure_ErrorOfOneEverywhere_Is48Decibels()
    {
        var image = TestImages.Map(TestImages.Noise(16, 9, 1), value => (byte)(value & 0xfe));

        _metric.Measure(image, TestImages.Map(image, value => (byte)(value + 1))).ShouldBe(48.1308, 0.00005);
    }

    [Fact]
    public void Measure_BlackAndWhite_IsZero() =>
        _metric.Measure(new RgbImage(4, 4, new byte[48]), TestImages.Map(new RgbImage(4, 4, new byte[48]), _ => 255)).ShouldBe(0, 1e-12);

    [Fact]
    public void Measure_EqualImages_IsInfinite() =>
        _metric.Measure(TestImages.Noise(5, 5, 3), TestImages.Noise(5, 5, 3)).ShouldBe(double.PositiveInfinity);

    [Property(MaxTest = 50)]
    public void Measure_AnyPair_IsSymmetric(int seed, PositiveInt width)
    {
        RgbImage a = TestImages.Noise(width.Get % 30 + 1, 7, seed),
            b = TestImages.Noise(width.Get % 30 + 1, 7, unchecked(seed + 1));

        _metric.Measure(a, b).ShouldBe(_metric.Measure(b, a));
    }

    [Fact]
    public void Measure_DifferentSizes_SaysBoth() =>
        Should
            .Throw<ArgumentException>(() => _metric.Measure(TestImages.Noise(4, 5, 1), TestImages.Noise(5, 4, 1)))
            .Message.ShouldStartWith(
                "psnr compares images of one size, but the reference is 4×5 and the image 5×4; scale or crop one of them."
            );

    [TheoryNeeding<Calibration>]
    [InlineData("I04", 20.9872)]
    [InlineData("I06", 27.0139)]
    public void Measure_CalibrationPair_HasThePublishedValue(string pair, double expected) =>
        _metric.Measure(Calibration.Reference(pair), Calibration.Distorted(pair)).ShouldBe(expected, 0.00005);
}
