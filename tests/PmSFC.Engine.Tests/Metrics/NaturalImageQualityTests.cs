using MathNet.Numerics.Distributions;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Engine.Safetensors;
using PmSFC.Engine.Tests.Support;
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

    [WeightedTheory]
    [InlineData("baboon.png", 5.7296)]
    public void Measure_BasicSRsExample_HasItsPublishedValue(string name, double expected) => Measure(NaturalImageQuality.OfStudioLuma, name).ShouldBe(expected, 0.01);

    [WeightedTheory]
    [InlineData("calibration/dist/I04.bmp", 3.6549)]
    [InlineData("calibration/dist/I06.bmp", 3.2355)]
    public void Measure_CalibrationImage_HasThePublishedValueOfTheAuthorsCode(string name, double expected) =>
        Measure(NaturalImageQuality.OfGray, name).ShouldBe(expected, 0.01 * expected);

    [PythonTheory]
    [InlineData(192, 96)]
    [InlineData(200, 301)]
    public void Measure_NoisyPicture_AgreesWithNumpy(int width, int height)
    {
        using var metric = Load();
        var image = TestImages.Waves(width, height, 40, 3);
        ImageFile.WritePng(image, Path.Combine(_folder.FullName, "image.png"));

        var expected = Reference.Ask("niqe.py", Path.Combine(_folder.FullName, "niqe_pris_params.npz"), Path.Combine(_folder.FullName, "image.png"));

        metric.Measure(image, image).ShouldBe(expected.GetDouble(), 1e-6);
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

        Should.Throw<UndefinedMetricException>(() => metric.Measure(image, image)).Message
            .ShouldBe($"niqe needs two blocks of 96×96 pixels side by side or one above the other, but the image is {width}×{height}.");
    }

    [Fact]
    public void Measure_PlainImage_SaysSo()
    {
        using var metric = Load();
        var image = TestImages.Map(TestImages.Noise(192, 96, 1), _ => 128);

        Should.Throw<UndefinedMetricException>(() => metric.Measure(image, image)).Message.ShouldContain("texture");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Fit_Sample_FindsTheShapeItWasDrawnFrom(int shape)
    {
        var random = new Random(1);
        var sample = new double[200_000];
        if (shape == 2) Normal.Samples(random, sample, 0, 3);
        else Laplace.Samples(random, sample, 0, 3);

        var (found, below, above) = SceneStatistics.Fit(sample);

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

        Should.Throw<CheckpointException>(() => NaturalImageQuality.OfStudioLuma.Load(new WeightsFolder(_folder.FullName))).Message
            .ShouldBe("niqe_pris_params.npz holds 'mu_pris_param' with shape [1, 18], but [1, 36] is needed.");
    }

    [Fact]
    public void Load_FolderWithoutParameters_NamesThem() =>
        Should.Throw<MissingWeightsException>(() => NaturalImageQuality.OfStudioLuma.Load(new WeightsFolder(_folder.FullName))).Message
            .ShouldBe($"no NIQE parameters in {_folder.FullName}, which has none of niqe/niqe_pris_params.npz, niqe_pris_params.npz");

    private static double[] Gaussian()
    {
        var weights = Enumerable.Range(0, 49).Select(i => Math.Exp(-((i % 7 - 3) * (i % 7 - 3) + (i / 7 - 3) * (i / 7 - 3)) / (2 * 49.0 / 36))).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    private static double Measure(NaturalImageQuality metric, string name)
    {
        using var loaded = WeightedTheoryAttribute.Load(metric);
        return loaded.Measure(WeightedTheoryAttribute.Image(name), WeightedTheoryAttribute.Image(name));
    }

    private LoadedMetric Load()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "niqe_pris_params.npz"), _parameters.Build());
        return NaturalImageQuality.OfStudioLuma.Load(new WeightsFolder(_folder.FullName));
    }
}
