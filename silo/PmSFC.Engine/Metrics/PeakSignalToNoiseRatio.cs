using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// <c>10·log₁₀(255² / MSE)</c>, the mean squared error over all pixels and the three channels. +∞ for equal images. An error of 1 everywhere gives
/// 48.1308 dB.
/// </summary>
public sealed class PeakSignalToNoiseRatio : IImageMetric
{
    private const double Peak = 255;

    /// <inheritdoc/>
    public string Name => "psnr";

    /// <inheritdoc/>
    public string Title => "PSNR (dB)";

    /// <inheritdoc/>
    public string Unit => "dB";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public int Digits => 2;

    /// <inheritdoc/>
    public double Measure(RgbImage reference, RgbImage image)
    {
        SizeGuard.ThrowIfSizesDiffer(this, reference, image);
        ReadOnlySpan<byte> expected = reference.Pixels,
            actual = image.Pixels;
        var squares = 0L;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = expected[i] - actual[i];
            squares += difference * difference;
        }

        return 10 * Math.Log10(Peak * Peak * expected.Length / squares);
    }
}
