using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Engine.Tests.Support;
using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

/// <summary>A theory on published images with published weights, skipped where they are not.</summary>
public sealed class WeightedTheoryAttribute : TheoryAttribute
{
    public WeightedTheoryAttribute()
    {
        if (Shared.Weights is null || Shared.Metrics is null)
            Skip = "The weights and images of metrics are at neither ../shared/weights and ../shared/data/metrics nor below PMSFC_SHARED.";
    }

    internal static RgbImage Image(string name) => ImageFile.Read(Path.Combine(Shared.Metrics!, name)).Image;

    internal static LoadedMetric Load(IWeightedMetric metric) => metric.Load(new WeightsFolder(Shared.Weights));
}
