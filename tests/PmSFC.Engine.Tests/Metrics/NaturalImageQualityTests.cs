using System.Globalization;
using MathNet.Numerics.Distributions;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class NaturalImageQualityTests : IDisposable
{
    private readonly NpzBuilder _parameters = new NpzBuilder()
        .Add("mu_pris_param", [1, 36], new double[36])
        .Add("cov_pris_param", [36, 36], [.. Enumerable.Range(0, 36 * 36).Select(i => i % 37 == 0 ? 1.0 : 0)])
        .Add("gaussian_window", [7, 7], Gaussian());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-niqe-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TheoryNeeding<PublishedMetrics>]
    [InlineData("baboon.png", 5.7296)]
    [InlineData("calibration/dist/I04.bmp", 3.7932)]
    [InlineData("calibration/dist/I06.bmp", 3.1883)]
    public void Measure_Photograph_IsBasicSRsNumber(string name, double expected) =>
        Measure(NaturalImageQuality.OfStudioLuma, name).ShouldBe(expected, 0.0002);

    [TheoryNeeding<PublishedMetrics>]
    [InlineData("calibration/dist/I04.bmp", 3.6549, 0.0003)]
    [InlineData("calibration/dist/I06.bmp", 3.2355, 0.003)]
    [InlineData("calibration/dist/I06.bmp", 3.2343, 0.0003)]
    public void Measure_CalibrationImage_HasThePublishedValueOfTheAuthorsCode(string name, double expected, double tolerance) =>
        Measure(NaturalImageQuality.OfGray, name).ShouldBe(expected, tolerance);

    // What BasicSR 1.4.2 gives for the same pixels, with parameters of its own.
    [TheoryNeeding<PublishedMetrics>]
    [InlineData("half flat", 8.0623)]
    [InlineData("half of one colour", 7.8257)]
    [InlineData("letterboxed", 5.0875)]
    [InlineData("a patch on gray", 12.2856)]
    [InlineData("overexposed", 6.2003)]
    [InlineData("posterized", 13.3593)]
    [InlineData("near white", 15.7233)]
    [InlineData("near black", 10.1715)]
    [InlineData("checkerboard of 8", 467.0653)]
    [InlineData("checkerboard of 16", 48.5934)]
    [InlineData("disc", 34.5117)]
    [InlineData("dots", 41.3005)]
    public void Measure_FlatOrDistortedPicture_IsBasicSRsNumber(string name, double expected)
    {
        using var metric = PublishedMetrics.Load(NaturalImageQuality.OfStudioLuma);
        var image = Distorted(name);

        metric.Measure(image, image).ShouldBe(expected, 0.001);
    }

    [TheoryNeeding<PublishedMetrics>]
    [InlineData("letterboxed")]
    [InlineData("half flat")]
    public void Measure_ConstantAdded_IsTheSame(string name)
    {
        using MetricSet metrics = new(
            [PublishedMetrics.Load(NaturalImageQuality.OfGray), PublishedMetrics.Load(NaturalImageQuality.OfStudioLuma)],
            new Dictionary<string, string>()
        );
        var image = TestImages.Map(Distorted(name), value => (byte)(20 + value / 2));
        RgbImage Plus(int levels) => TestImages.Map(image, value => (byte)(value + levels));

        foreach (var levels in new[] { 1, 5 })
            metrics.Metrics[0].Measure(image, Plus(levels)).ShouldBe(metrics.Metrics[0].Measure(image, image), 0.005);

        // 85 levels are 73 of rgb2ycbcr's luma; fewer do not move every pixel's rounded luma alike.
        metrics.Metrics[1].Measure(image, Plus(85)).ShouldBe(metrics.Metrics[1].Measure(image, image), 0.005);
    }

    [TheoryNeeding<Reference.WithPillow>]
    [InlineData(192, 96, false, "y")]
    [InlineData(200, 301, true, "y")]
    [InlineData(200, 301, true, "gray")]
    public void Measure_NoisyPicture_AgreesWithNumpy(int width, int height, bool partlyFlat, string luma)
    {
        using var metric = Load(luma == "y" ? NaturalImageQuality.OfStudioLuma : NaturalImageQuality.OfGray);
        var image = TestImages.Waves(width, height, 40, 3);
        if (partlyFlat)
            image = TestImages.Map(image, value => Math.Max(value, (byte)120));
        ImageFile.WritePng(image, Path.Combine(_folder.FullName, "image.png"));

        var expected = Reference.Ask(
            "niqe.py",
            Path.Combine(_folder.FullName, "niqe_pris_params.npz"),
            Path.Combine(_folder.FullName, "image.png"),
            luma
        );

        metric.Measure(image, image).ShouldBe(expected.GetDouble(), 1e-5);
    }

    [Fact]
    public void Measure_AnotherReference_ChangesNothing()
    {
        using var metric = Load();
        var image = TestImages.Waves(192, 96, 40, 3);

        metric.Measure(TestImages.Noise(192, 96, 1), image).ShouldBe(metric.Measure(image, image));
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(191, 191)]
    [InlineData(95, 1000)]
    public void Measure_LessThanTwoBlocks_SaysSo(int width, int height)
    {
        using var metric = Load();
        var image = TestImages.Noise(width, height, 1);

        Should
            .Throw<UndefinedMetricException>(() => metric.Measure(image, image))
            .Message.ShouldBe(
                $"niqe needs two blocks of 96×96 pixels side by side or one above the other, but the image is {width}×{height}."
            );
    }

    [Theory]
    [InlineData("black", "none has")]
    [InlineData("gray", "none has")]
    [InlineData("white", "none has")]
    [InlineData("checkerboard of 1", "none has")]
    [InlineData("stripes", "none has")]
    [InlineData("rising", "none has")]
    [InlineData("one block of noise", "one has")]
    public void Measure_LessThanTwoBlocksWithTexture_SaysSo(string name, string found)
    {
        using var metric = Load();
        var noise = TestImages.Noise(192, 192, 1);
        var image = Draw(192, (x, y) => name switch
            {
                "black" => 0,
                "gray" => 127,
                "white" => 255,
                "checkerboard of 1" => (x + y) % 2 * 255,
                "stripes" => x % 4 * 60,
                "rising" => y,
                _ => x is >= 8 and < 88 && y is >= 8 and < 88 ? noise[x, y].G : 90,
            });

        Should
            .Throw<UndefinedMetricException>(() => metric.Measure(image, image))
            .Message.ShouldBe(
                "niqe needs two blocks of 96×96 pixels with texture, where luma crosses the mean of its surroundings along rows, columns and both diagonals, "
                    + $"at full and at half size, but of this image's 4 blocks {found} it."
            );
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Fit_Sample_FindsTheShapeItWasDrawnFrom(int shape)
    {
        var random = new Random(1);
        var sample = new double[200_000];
        if (shape == 2)
            Normal.Samples(random, sample, 0, 3);
        else
            Laplace.Samples(random, sample, 0, 3);

        var (found, below, above) = SceneStatistics.Fit(Array.ConvertAll(sample, value => (float)value));

        found.ShouldBe(shape, 0.03);
        // The density is exp(-|x/scale|^shape): a Gaussian's scale is σ√2, a Laplacian's its own.
        below.ShouldBe(shape == 2 ? 3 * Math.Sqrt(2) : 3, 0.1);
        above.ShouldBe(below, 0.1);
    }

    [Fact]
    public void Load_ParametersOfAnotherShape_AreRefused()
    {
        var content = new NpzBuilder().Add("mu_pris_param", [1, 18], new double[18]).Build();
        File.WriteAllBytes(Path.Combine(_folder.FullName, "niqe_pris_params.npz"), content);

        Should
            .Throw<CheckpointException>(() => NaturalImageQuality.OfStudioLuma.Load(new WeightsFolder(_folder.FullName)))
            .Message.ShouldBe(
                $"{Path.Combine(_folder.FullName, "niqe_pris_params.npz")} holds 'mu_pris_param' with shape [1, 18], but [1, 36] is needed."
            );
    }

    [Fact]
    public void Load_FolderWithoutParameters_NamesThem() =>
        Should
            .Throw<MissingWeightsException>(() => NaturalImageQuality.OfStudioLuma.Load(new WeightsFolder(_folder.FullName)))
            .Message.ShouldBe(
                $"no NIQE parameters in {_folder.FullName}, which has none of niqe/niqe_pris_params.npz, niqe_pris_params.npz"
            );

    private static RgbImage Distorted(string name)
    {
        if (name.StartsWith("checkerboard of ", StringComparison.Ordinal))
        {
            var side = int.Parse(name["checkerboard of ".Length..], CultureInfo.InvariantCulture);
            return Draw(288, (x, y) => (x / side + y / side) % 2 == 0
                    ? side == 16
                        ? 20
                        : 0
                    : side == 16
                        ? 220
                        : 255);
        }

        switch (name)
        {
            case "disc":
                return Draw(288, (x, y) => (y - 144) * (y - 144) + (x - 144) * (x - 144) < 10_000 ? 220 : 30);
            case "dots":
                return Draw(288, (x, y) => x % 24 == 0 && y % 24 == 0 ? 255 : 0);
        }

        var photograph = PublishedMetrics.Image("calibration/dist/I04.bmp");
        var pixels = photograph.Pixels.ToArray();
        for (var i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % photograph.Width,
                y = i / 3 / photograph.Width;
            pixels[i] = name switch
            {
                "half flat" => x < photograph.Width / 2 ? (byte)200 : pixels[i],
                "half of one colour" => x < photograph.Width / 2
                    ? (byte)(
                        i % 3 == 0 ? 13
                        : i % 3 == 1 ? 57
                        : 201
                    )
                    : pixels[i],
                "letterboxed" => y < 80 || y >= photograph.Height - 80 ? (byte)0 : pixels[i],
                "a patch on gray" => x is < 96 or >= 288 || y is < 96 or >= 288 ? (byte)90 : pixels[i],
                "overexposed" => (byte)Math.Min(255, 3 * pixels[i]),
                "posterized" => (byte)(pixels[i] / 64 * 64),
                "near white" => (byte)(255 - pixels[i] / 32),
                _ => (byte)(pixels[i] / 16),
            };
        }

        return new RgbImage(photograph.Width, photograph.Height, pixels);
    }

    private static RgbImage Draw(int side, Func<int, int, int> gray) =>
        new(side, side, [.. Enumerable.Range(0, 3 * side * side).Select(i => (byte)gray(i / 3 % side, i / 3 / side))]);

    private static double[] Gaussian()
    {
        var weights = Enumerable
            .Range(0, 49)
            .Select(i => Math.Exp(-((i % 7 - 3) * (i % 7 - 3) + (i / 7 - 3) * (i / 7 - 3)) / (2 * 49.0 / 36)))
            .ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    private static double Measure(NaturalImageQuality metric, string name)
    {
        using var loaded = PublishedMetrics.Load(metric);
        return loaded.Measure(PublishedMetrics.Image(name), PublishedMetrics.Image(name));
    }

    private LoadedMetric Load(NaturalImageQuality? metric = null)
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "niqe_pris_params.npz"), _parameters.Build());
        return (metric ?? NaturalImageQuality.OfStudioLuma).Load(new WeightsFolder(_folder.FullName));
    }
}
