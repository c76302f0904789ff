using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class MetricCatalogTests
{
    [Fact]
    public void BuiltIn_EveryMetric_IsFoundByItsName()
    {
        EngineCatalog.BuiltIn.Metrics.Ready.ShouldNotBeEmpty();
        EngineCatalog.BuiltIn.Metrics.Ready.ShouldAllBe(metric => ReferenceEquals(EngineCatalog.BuiltIn.Metrics[metric.Name], metric));
    }

    [Fact]
    public void BuiltIn_EveryMetric_IsDescribed()
    {
        EngineCatalog.BuiltIn.Metrics.All.ShouldAllBe(metric => metric is IImageMetric || metric is IWeightedMetric);
        EngineCatalog.BuiltIn.Metrics.All.ShouldAllBe(metric =>
            metric.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        );
        EngineCatalog.BuiltIn.Metrics.All.Select(metric => metric.Title).ShouldBeUnique();
        EngineCatalog.BuiltIn.Metrics.All.ShouldAllBe(metric => metric.Digits >= 1 && metric.Digits <= 6 && metric.Unit.Length > 0);
    }

    [Fact]
    public void Load_NoFolder_SaysWhatIsMissing()
    {
        using var metrics = EngineCatalog.BuiltIn.Metrics.Load(new WeightsFolder(path: null));

        metrics.Metrics.ShouldBe(EngineCatalog.BuiltIn.Metrics.Ready);
        metrics.Missing.Keys.ShouldBe(EngineCatalog.BuiltIn.Metrics.All.OfType<IWeightedMetric>().Select(metric => metric.Name));
        metrics
            .Missing["niqe"]
            .ShouldBe(
                "no folder of weights is named, in which NIQE parameters would be one of niqe/niqe_pris_params.npz, niqe_pris_params.npz"
            );
    }

    [Fact]
    public void Load_WrongFilesAmongTheWeights_TakeTheirOwnMetricsAwayAlone()
    {
        var folder = Directory.CreateTempSubdirectory("pmsfc-weights-");
        try
        {
            Write("alexnet-owt-7be5be79.pth", "version https://git-lfs.github.com/spec/v1\nsize 244408911\n"u8.ToArray());
            Write(
                "v0.1_alex.pth",
                Tensors([
                    .. new[] { 64, 192, 384, 256, 256 }.Select(
                        (channels, i) => ($"lin{i}.model.1.weight", new long[] { 1, channels, 1, 1 })
                    ),
                ])
            );
            Write("vgg16_bn-6c64b313.pth", Tensors(("features.0.weight", [64, 3, 3, 3]), ("features.1.running_mean", [64])));
            Write(
                "v0.1_vgg.pth",
                Tensors([
                    .. new[] { 64, 128, 256, 512, 512 }.Select(
                        (channels, i) => ($"lin{i}.model.1.weight", new long[] { 1, channels, 1, 1 })
                    ),
                ])
            );
            Write("squeezenet1_1.pth", Tensors(("features.0.weight", [64, 3, 7, 7])));
            Write(
                "v0.1_squeeze.pth",
                Tensors([
                    .. new[] { 64, 128, 256, 384, 384, 512, 512 }.Select(
                        (channels, i) => ($"lin{i}.model.1.weight", new long[] { 1, channels, 1, 1 })
                    ),
                ])
            );
            Write(
                "niqe_pris_params.npz",
                new NpzBuilder()
                    .Add("mu_pris_param", [1, 36], new double[36])
                    .Add("cov_pris_param", [36, 36], new double[36 * 36])
                    .Add("gaussian_window", [7, 7], new double[49])
                    .Build()
            );

            using var metrics = EngineCatalog.BuiltIn.Metrics.Load(new WeightsFolder(folder.FullName));

            metrics
                .Metrics.Select(metric => metric.Name)
                .ShouldBe([.. EngineCatalog.BuiltIn.Metrics.Ready.Select(metric => metric.Name), "niqe", "niqe-gray"]);
            metrics.Missing.ShouldBe(
                new Dictionary<string, string>
                {
                    ["lpips-alex"] =
                        $"{Path.Combine(folder.FullName, "alexnet-owt-7be5be79.pth")} is a pointer of Git LFS to a file of 244408911 bytes, not the file itself; run 'git lfs pull' in the repository that it is from",
                    ["lpips-vgg"] =
                        $"{Path.Combine(folder.FullName, "vgg16_bn-6c64b313.pth")} holds a VGG with batch normalization (such as vgg16_bn), but vgg16 is needed",
                    ["lpips-squeeze"] =
                        $"{Path.Combine(folder.FullName, "squeezenet1_1.pth")} holds 'features.0.weight' with shape [64, 3, 7, 7], but [64, 3, 3, 3] is needed",
                }
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(folder.FullName, name), content);

        static byte[] Tensors(params (string Name, long[] Shape)[] tensors) =>
            tensors
                .Aggregate(new SafetensorsWriter(), (file, tensor) =>
                    file.Add(tensor.Name, new float[tensor.Shape.Aggregate(1L, (a, b) => a * b)], tensor.Shape)
                )
                .ToArray();
    }

    [Fact]
    public void Indexer_UnknownName_ListsTheKnownOnes() =>
        Should
            .Throw<ArgumentException>(() => new MetricCatalog([new PeakSignalToNoiseRatio(), new StructuralSimilarity()])["sharpness"])
            .Message.ShouldStartWith("There is no metric 'sharpness'; the metrics are psnr, ssim.");

    [Fact]
    public void Constructor_TwoOfOneName_Throws() =>
        Should.Throw<ArgumentException>(() => new MetricCatalog([new PeakSignalToNoiseRatio(), new PeakSignalToNoiseRatio()]));
}
