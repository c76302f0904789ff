using PmSFC.Engine.Metrics.Weights;
using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>A number that says how good an image is, against its reference or alone: a pure function of 8-bit RGB pixels.</summary>
public interface IImageMetric : IMetricDescription
{
    /// <summary>The files of weights or parameters that its numbers depend on; empty where it needs none.</summary>
    IReadOnlyList<WeightsSource> Weights => [];

    /// <summary>Compares two images of one size.</summary>
    /// <exception cref="UndefinedMetricException">It has no number for these images, for a reason that one sentence says.</exception>
    /// <exception cref="ArgumentException">Their sizes differ.</exception>
    double Measure(RgbImage reference, RgbImage image);
}
