using FsCheck.Xunit;
using PmSFC.Engine.Metrics;
using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class ColorizationAccuracyTests
{
    private readonly ColorizationAccuracy _metric = new();

    [Fact]
    public void Measure_EqualImages_Is100() => _metric.Measure(TestImages.Noise(9, 7, 1), TestImages.Noise(9, 7, 1)).ShouldBe(100);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100 * 149.5 / 150)]
    [InlineData(37, 100 * 113.5 / 150)]
    [InlineData(36.2, 100 * 113.5 / 150)]
    [InlineData(150, 100 * 0.5 / 150)]
    [InlineData(150.1, 0)]
    [InlineData(300, 0)]
    public void Area_OneDistanceEverywhere_IsThatOfAStep(double distance, double expected) =>
        ColorizationAccuracy.Area([distance, distance, distance]).ShouldBe(expected, 1e-12);

    [Fact]
    public void Area_DifferentDistances_IsTheTrapezoidRuleOverTheShares()
    {
        double[] distances = [0, 0.5, 3, 3, 90, 200];
        var shares = Enumerable.Range(0, 151).Select(t => distances.Count(distance => distance <= t) / 6.0).ToList();

        ColorizationAccuracy.Area(distances).ShouldBe(100 * shares.Zip(shares.Skip(1), (low, high) => (low + high) / 2).Sum() / 150, 1e-12);
    }

    [Fact]
    public void Measure_OtherGrays_AreOfOneColour()
    {
        RgbImage dark = new(16, 16, [.. Enumerable.Range(0, 256).SelectMany(i => Enumerable.Repeat((byte)i, 3))]);

        _metric.Measure(dark, TestImages.Map(dark, value => (byte)(255 - value))).ShouldBe(100);
    }

    [Fact]
    public void Measure_BlueForYellow_CountsTheirWholeDistance()
    {
        // Lindbloom's CIELAB of the sRGB primaries: blue a 79.19, b -107.86; yellow a -21.55, b 94.48; their distance is 226, beyond 150.
        _metric.Measure(Plain(255, 255, 0), Plain(0, 0, 255)).ShouldBe(0);
        // Green a -86.18, b 83.18 and yellow: 65.61, so from 66 on.
        _metric.Measure(Plain(255, 255, 0), Plain(0, 255, 0)).ShouldBe(100 * (150.5 - 66) / 150, 1e-12);
    }

    [Property(MaxTest = 30)]
    public void Measure_AnyPair_IsSymmetricAndFrom0To100(int seed)
    {
        RgbImage a = TestImages.Noise(5, 4, seed),
            b = TestImages.Waves(5, 4, 20, seed);

        _metric.Measure(a, b).ShouldBe(_metric.Measure(b, a), 1e-9);
        _metric.Measure(a, b).ShouldBeInRange(0, 100);
    }

    [Fact]
    public void Measure_DifferentSizes_SaysBoth() =>
        Should
            .Throw<ArgumentException>(() => _metric.Measure(TestImages.Noise(4, 5, 1), TestImages.Noise(5, 4, 1)))
            .Message.ShouldStartWith("auc compares images of one size");

    private static RgbImage Plain(byte r, byte g, byte b) => new(2, 1, [r, g, b, r, g, b]);
}
