using System.Numerics;
using System.Runtime.InteropServices;
using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// SSIM of one plane (Wang, Bovik, Sheikh and Simoncelli 2004, Eq. 13): 11×11 Gaussian window of σ 1.5, K₁ 0.01, K₂ 0.03, L 255, weighted moments
/// without bias correction, mean over the places where the window lies inside the image.
/// </summary>
internal static class SimilarityMap
{
    private const int WindowSize = 11;
    private const double Sigma = 1.5;
    private const double C1 = 0.01 * 255 * (0.01 * 255);
    private const double C2 = 0.03 * 255 * (0.03 * 255);

    private static readonly double[] Window = GaussianWindow();

    public static void ThrowIfUndefined(IImageMetric metric, RgbImage reference, RgbImage image)
    {
        SizeGuard.ThrowIfSizesDiffer(metric, reference, image);
        if (Math.Min(image.Width, image.Height) < WindowSize)
            throw new UndefinedMetricException(
                $"{metric.Name} needs images of at least {WindowSize}×{WindowSize} pixels, its window, but these are {image.Width}×{image.Height}."
            );
    }

    /// <summary>The mean similarity of two planes of <c>width · height</c> values, 0–255.</summary>
    public static double Mean(double[] reference, double[] image, int width, int height)
    {
        var meanX = Smooth(reference, width, height);
        var meanY = Smooth(image, width, height);
        var squareX = Smooth(Product(reference, reference), width, height);
        var squareY = Smooth(Product(image, image), width, height);
        var product = Smooth(Product(reference, image), width, height);

        var sum = 0.0;
        for (var i = 0; i < meanX.Length; i++)
        {
            double x = meanX[i],
                y = meanY[i];
            double varianceX = squareX[i] - x * x,
                varianceY = squareY[i] - y * y,
                covariance = product[i] - x * y;
            sum += (2 * x * y + C1) * (2 * covariance + C2) / ((x * x + y * y + C1) * (varianceX + varianceY + C2));
        }

        return sum / meanX.Length;
    }

    private static double[] Smooth(double[] plane, int width, int height)
    {
        int columns = width - WindowSize + 1,
            rows = height - WindowSize + 1;
        var across = new double[columns * height];
        for (var y = 0; y < height; y++)
        for (var k = 0; k < WindowSize; k++)
            Accumulate(across.AsSpan(y * columns, columns), plane.AsSpan(y * width + k, columns), Window[k]);

        var smooth = new double[columns * rows];
        for (var y = 0; y < rows; y++)
        for (var k = 0; k < WindowSize; k++)
            Accumulate(smooth.AsSpan(y * columns, columns), across.AsSpan((y + k) * columns, columns), Window[k]);
        return smooth;
    }

    private static void Accumulate(Span<double> sums, ReadOnlySpan<double> values, double weight)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(sums);
        var addends = MemoryMarshal.Cast<double, Vector<double>>(values);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] += weight * addends[i];
        for (var i = vectors.Length * Vector<double>.Count; i < sums.Length; i++)
            sums[i] += weight * values[i];
    }

    private static double[] Product(double[] a, double[] b)
    {
        var product = new double[a.Length];
        for (var i = 0; i < product.Length; i++)
            product[i] = a[i] * b[i];
        return product;
    }

    private static double[] GaussianWindow()
    {
        var weights = Enumerable
            .Range(-WindowSize / 2, WindowSize)
            .Select(offset => Math.Exp(-offset * offset / (2 * Sigma * Sigma)))
            .ToArray();
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }
}
