using PmSFC.Engine.Metrics;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class MetricCatalogTests
{
    [Fact]
    public void BuiltIn_EveryMetric_IsFoundByItsName()
    {
        MetricCatalog.BuiltIn.All.ShouldNotBeEmpty();
        MetricCatalog.BuiltIn.All.ShouldAllBe(metric => ReferenceEquals(MetricCatalog.BuiltIn[metric.Name], metric));
    }

    [Fact]
    public void Indexer_UnknownName_ListsTheKnownOnes() =>
        Should.Throw<ArgumentException>(() => new MetricCatalog([new PeakSignalToNoiseRatio(), new StructuralSimilarity()])["sharpness"]).Message
            .ShouldStartWith("There is no metric 'sharpness'; the metrics are psnr, ssim.");

    [Fact]
    public void Constructor_TwoOfOneName_Throws() =>
        Should.Throw<ArgumentException>(() => new MetricCatalog([new PeakSignalToNoiseRatio(), new PeakSignalToNoiseRatio()]));
}
