using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// SSIM (Wang et al. 2004) of the luma Y alone; 1 for equal images. Y = .299 R + .587 G + .114 B at full range, rounded to a whole number: with
/// that the published values of IQA-PyTorch's calibration pairs come out, and with BT.601's studio range (16–235) or without rounding they do not.
/// </summary>
public sealed class LumaStructuralSimilarity : IImageMetric
{
    /// <inheritdoc/>
    public string Name => "ssim-y";

    /// <inheritdoc/>
    public string Title => "SSIM of luma";

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
        return SimilarityMap.Mean(Luma(reference), Luma(image), image.Width, image.Height);
    }

    private static double[] Luma(RgbImage image)
    {
        var plane = new double[image.Width * image.Height];
        var pixels = image.Pixels;
        for (var i = 0; i < plane.Length; i++)
            plane[i] = Math.Round(
                (299 * pixels[3 * i] + 587 * pixels[3 * i + 1] + 114 * pixels[3 * i + 2]) / 1000.0,
                MidpointRounding.ToEven
            );
        return plane;
    }
}
