using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

internal static class SizeGuard
{
    public static void ThrowIfSizesDiffer(IImageMetric metric, RgbImage reference, RgbImage image)
    {
        if (reference.Width != image.Width || reference.Height != image.Height)
            throw new ArgumentException(
                $"{metric.Name} compares images of one size, but the reference is {reference.Width}×{reference.Height} and the image {image.Width}×{image.Height}; scale or crop one of them.",
                nameof(image)
            );
    }
}
