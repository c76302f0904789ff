using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Engine.Tests.Inversion;
using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Metrics;

[Collection(AloneCollection.Name)]
public sealed class LearnedPerceptualSimilarityTests(RandomTrunks trunks) : IClassFixture<RandomTrunks>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-lpips-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Computed in double precision by another implementation; the package's authors publish 0.722 and 0.138 for AlexNet.</summary>
    [TheoryNeeding<PublishedMetrics>]
    [InlineData("ex_p0.png", 0.7112)]
    [InlineData("ex_p1.png", 0.1479)]
    [InlineData("ex_ref.png", 0)]
    public void Measure_PackageExample_HasTheKnownValueOfSqueezeNet(string image, double expected)
    {
        using var metric = PublishedMetrics.Load(LearnedPerceptualSimilarity.Squeeze);

        metric.Measure(PublishedMetrics.Image("ex_ref.png"), PublishedMetrics.Image(image)).ShouldBe(expected, 0.002);
        metric
            .Weights.Select(file => file.Name)
            .ShouldBe(["lpips/v0.1_squeeze.pth", "squeezenet1_1/squeezenet1_1_torchvision.safetensors"]);
    }

    /// <summary>Odd sizes and the smallest ones too: there the networks' poolings differ by what they do at the edge.</summary>
    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("alex", 31, 47)]
    [InlineData("vgg", 16, 19)]
    [InlineData("squeeze", 17, 38)]
    public void Measure_RandomWeights_AgreesWithPyTorch(string trunk, int width, int height)
    {
        (RgbImage Reference, RgbImage Image)[] pairs = [Pair(64, 64), Pair(width, height)];
        var paths = pairs.SelectMany(pair => new[] { Write(pair.Reference), Write(pair.Image) });

        var expected = Reference.Ask("lpips.py", [trunk, trunks.File(trunk), .. paths]).EnumerateArray().Select(value => value.GetDouble());

        using var metric = Metric(trunk).Load(trunks.With(trunk));
        foreach (var (pair, value) in pairs.Zip(expected))
            metric.Measure(pair.Reference, pair.Image).ShouldBe(value, 1e-5 * value);
        metric.Measure(pairs[1].Image, pairs[1].Image).ShouldBe(0, 1e-12);
    }

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("alex", 30, 31)]
    [InlineData("vgg", 15, 16)]
    [InlineData("squeeze", 16, 17)]
    public void Measure_ImageTooSmall_SaysHowLargeItMustBe(string trunk, int side, int least)
    {
        using var metric = Metric(trunk).Load(trunks.With(trunk));
        var image = TestImages.Noise(64, side, 1);

        Should
            .Throw<UndefinedMetricException>(() => metric.Measure(image, image))
            .Message.ShouldBe($"lpips-{trunk} needs images of at least {least}×{least} pixels, but these are 64×{side}.");
    }

    [FactNeeding<Reference.WithTorch>]
    public void Measure_Repeated_LeavesNoTensorBehind()
    {
        using var metric = LearnedPerceptualSimilarity.Squeeze.Load(trunks.With("squeeze"));
        var image = TestImages.Noise(32, 32, 1);
        metric.Measure(image, image);
        var before = Tensor.TotalCount;

        metric.Measure(image, image);

        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Load_FolderWithoutWeights_NamesThem() =>
        Should
            .Throw<MissingWeightsException>(() => LearnedPerceptualSimilarity.Alex.Load(new WeightsFolder(_folder.FullName)))
            .Message.ShouldBe(
                $"no AlexNet weights in {_folder.FullName}, which has none of alexnet/*.safetensors, alexnet/*.pth, alexnet*.safetensors, alexnet*.pth"
            );

    [FactNeeding<Reference.WithTorch>]
    public void Load_HeadsOfAnotherTrunk_AreRefused()
    {
        File.Copy(trunks.File("squeeze"), Path.Combine(_folder.FullName, "squeezenet1_1.pth"));
        File.Copy(trunks.File("alex"), Path.Combine(_folder.FullName, "v0.1_squeeze.pth"));

        Should
            .Throw<CheckpointException>(() => LearnedPerceptualSimilarity.Squeeze.Load(new WeightsFolder(_folder.FullName)))
            .Message.ShouldContain("'lin1.model.1.weight' with shape [1, 192, 1, 1], but [1, 128, 1, 1] is needed");
    }

    [Fact]
    public void Load_FileThatIsNoCheckpoint_IsRefused()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "vgg16.pth"), "<html>not found</html>");
        File.WriteAllText(Path.Combine(_folder.FullName, "v0.1_vgg.pth"), "<html>not found</html>");

        Should
            .Throw<CheckpointException>(() => LearnedPerceptualSimilarity.Vgg.Load(new WeightsFolder(_folder.FullName)))
            .Message.ShouldStartWith(Path.Combine(_folder.FullName, "v"));
    }

    private static (RgbImage Reference, RgbImage Image) Pair(int width, int height) =>
        (TestImages.Waves(width, height, 10, 1), TestImages.Waves(width, height, 60, 2));

    private string Write(RgbImage image)
    {
        var path = Path.Combine(_folder.FullName, $"{image.ContentId}.png");
        ImageFile.WritePng(image, path);
        return path;
    }

    private static LearnedPerceptualSimilarity Metric(string trunk) =>
        trunk switch
        {
            "alex" => LearnedPerceptualSimilarity.Alex,
            "vgg" => LearnedPerceptualSimilarity.Vgg,
            _ => LearnedPerceptualSimilarity.Squeeze,
        };
}
