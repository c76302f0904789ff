using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>A metric's number for an image, or why it has none.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Value">The number, or null.</param>
/// <param name="Undefined">Why there is no number, or null where there is one.</param>
public sealed record Measurement(IImageMetric Metric, double? Value, string? Undefined)
{
    /// <summary>Asks a metric.</summary>
    /// <exception cref="ArgumentException">The images' sizes differ.</exception>
    public static Measurement Of(IImageMetric metric, RgbImage reference, RgbImage image)
    {
        try
        {
            return new Measurement(metric, metric.Measure(reference, image), Undefined: null);
        }
        catch (UndefinedMetricException e)
        {
            return new Measurement(metric, Value: null, e.Message);
        }
    }
}
