using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// PSNR of the luma Y alone, as papers of super-resolution quote it: <c>10·log₁₀(255² / MSE)</c>, with Y = 16 + (65.481 R + 128.553 G + 24.966 B) / 255 of
/// BT.601's studio range, as MATLAB's rgb2ycbcr, not rounded. No border is cut off. +∞ for equal images.
/// </summary>
public sealed class LumaPeakSignalToNoiseRatio : IImageMetric
{
    private const double Peak = 255;

    /// <inheritdoc/>
    public string Name => "psnr-y";

    /// <inheritdoc/>
    public string Title => "PSNR of luma (dB)";

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
        var squares = 0.0;
        for (var i = 0; i < expected.Length; i += 3)
        {
            var difference =
                (
                    65.481 * (expected[i] - actual[i])
                    + 128.553 * (expected[i + 1] - actual[i + 1])
                    + 24.966 * (expected[i + 2] - actual[i + 2])
                ) / 255;
            squares += difference * difference;
        }

        return 10 * Math.Log10(Peak * Peak * (expected.Length / 3) / squares);
    }
}
