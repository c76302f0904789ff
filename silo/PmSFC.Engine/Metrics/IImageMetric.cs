using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>A number that says how near an image is to its reference.</summary>
public interface IImageMetric
{
    /// <summary>What tables, files and commands call it.</summary>
    string Name { get; }

    /// <summary>The number's unit, or its range where it has none.</summary>
    string Unit { get; }

    /// <summary>Whether a nearer image has the higher number.</summary>
    bool HigherIsBetter { get; }

    /// <summary>Compares two images of one size.</summary>
    /// <exception cref="ArgumentException">Their sizes differ, or the metric is not defined for them.</exception>
    double Measure(RgbImage reference, RgbImage image);
}
