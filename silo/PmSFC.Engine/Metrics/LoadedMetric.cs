using PmSFC.Engine.Metrics.Weights;
using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>A metric with its weights.</summary>
/// <param name="description">What it is.</param>
/// <param name="weights">The files that it uses.</param>
/// <param name="measure">Its function of the reference and the image.</param>
/// <param name="resources">What it holds, or null where it holds nothing but memory.</param>
public sealed class LoadedMetric(
    IMetricDescription description,
    IReadOnlyList<WeightsSource> weights,
    Func<RgbImage, RgbImage, double> measure,
    IDisposable? resources = null
) : IImageMetric, IDisposable
{
    /// <inheritdoc/>
    public string Name => description.Name;

    /// <inheritdoc/>
    public string Title => description.Title;

    /// <inheritdoc/>
    public string Unit => description.Unit;

    /// <inheritdoc/>
    public bool HigherIsBetter => description.HigherIsBetter;

    /// <inheritdoc/>
    public int Digits => description.Digits;

    /// <inheritdoc/>
    public int Definition => description.Definition;

    /// <inheritdoc/>
    public IReadOnlyList<WeightsSource> Weights => weights;

    /// <inheritdoc/>
    public double Measure(RgbImage reference, RgbImage image)
    {
        SizeGuard.ThrowIfSizesDiffer(this, reference, image);
        return measure(reference, image);
    }

    /// <inheritdoc/>
    public void Dispose() => resources?.Dispose();
}
