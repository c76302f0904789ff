using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

/// <summary>Published images, and published weights to measure them with.</summary>
internal abstract class PublishedMetrics : INeed
{
    public static string? Missing =>
        SharedFiles.Weights is null || SharedFiles.Metrics is null
            ? "The weights and images of metrics are at neither ../shared/weights and ../shared/data/metrics nor below PMSFC_SHARED."
            : null;

    public static RgbImage Image(string name) => ImageFile.Read(Path.Combine(SharedFiles.Metrics!, name)).Image;

    public static LoadedMetric Load(IWeightedMetric metric) => metric.Load(new WeightsFolder(SharedFiles.Weights));
}
