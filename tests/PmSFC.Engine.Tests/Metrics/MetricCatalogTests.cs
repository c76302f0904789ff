using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class MetricCatalogTests
{
    [Fact]
    public void BuiltIn_EveryMetric_IsFoundByItsName()
    {
        MetricCatalog.BuiltIn.Ready.ShouldNotBeEmpty();
        MetricCatalog.BuiltIn.Ready.ShouldAllBe(metric => ReferenceEquals(MetricCatalog.BuiltIn[metric.Name], metric));
    }

    [Fact]
    public void BuiltIn_EveryMetric_IsDescribed()
    {
        MetricCatalog.BuiltIn.All.ShouldAllBe(metric => metric is IImageMetric || metric is IWeightedMetric);
        MetricCatalog.BuiltIn.All.ShouldAllBe(metric => metric.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
        MetricCatalog.BuiltIn.All.Select(metric => metric.Title).ShouldBeUnique();
        MetricCatalog.BuiltIn.All.ShouldAllBe(metric => metric.Digits >= 1 && metric.Digits <= 6 && metric.Unit.Length > 0);
    }

    [Fact]
    public void Load_NoFolder_SaysWhatIsMissing()
    {
        using var metrics = MetricCatalog.BuiltIn.Load(new WeightsFolder(path: null));

        metrics.Metrics.ShouldBe(MetricCatalog.BuiltIn.Ready);
        metrics.Missing.Keys.ShouldBe(MetricCatalog.BuiltIn.All.OfType<IWeightedMetric>().Select(metric => metric.Name));
        metrics.Missing["niqe"].ShouldBe(
            "no folder of weights is named, in which NIQE parameters would be one of niqe/niqe_pris_params.npz, niqe_pris_params.npz");
    }

    [Fact]
    public void Indexer_UnknownName_ListsTheKnownOnes() =>
        Should.Throw<ArgumentException>(() => new MetricCatalog([new PeakSignalToNoiseRatio(), new StructuralSimilarity()])["sharpness"]).Message
            .ShouldStartWith("There is no metric 'sharpness'; the metrics are psnr, ssim.");

    [Fact]
    public void Constructor_TwoOfOneName_Throws() =>
        Should.Throw<ArgumentException>(() => new MetricCatalog([new PeakSignalToNoiseRatio(), new PeakSignalToNoiseRatio()]));
}
