using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>SSIM (Wang et al. 2004) of each of the R, G and B channels, then their mean; 1 for equal images.</summary>
public sealed class StructuralSimilarity : IImageMetric
{
    /// <inheritdoc/>
    public string Name => "ssim";

    /// <inheritdoc/>
    public string Title => "SSIM";

    /// <inheritdoc/>
    public string Unit => "-1 to 1";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public int Digits => 4;

    /// <inheritdoc/>
    public double Measure(RgbImage reference, RgbImage image)
    {
        SimilarityMap.ThrowIfUndefined(this, reference, image);
        return Enumerable.Range(0, 3).Average(c => SimilarityMap.Mean(Channel(reference, c), Channel(image, c), image.Width, image.Height));
    }

    private static double[] Channel(RgbImage image, int channel)
    {
        var plane = new double[image.Width * image.Height];
        for (var i = 0; i < plane.Length; i++)
            plane[i] = image.Pixels[3 * i + channel];
        return plane;
    }
}
