using MathNet.Numerics;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// NIQE's features of a block at one scale: asymmetric generalized Gaussians fitted to its normalized luma and to the products of neighbours in four
/// directions. NaN where a block's numbers lie on one side of 0 alone, as those of a plain block do, so that there is nothing to fit.
/// </summary>
internal static class SceneStatistics
{
    /// <summary>Features of a block.</summary>
    public const int Count = 18;

    private static readonly (int Down, int Right)[] Neighbours = [(0, 1), (1, 0), (1, 1), (1, -1)];
    private static readonly double[] Shapes = [.. Enumerable.Range(0, 9801).Select(i => 0.2 + 0.001 * i)];

    /// <summary>(E|x|)² / E x² of a generalized Gaussian of each shape.</summary>
    private static readonly double[] Ratios = Array.ConvertAll(Shapes, shape =>
        Math.Pow(SpecialFunctions.Gamma(2 / shape), 2) / (SpecialFunctions.Gamma(1 / shape) * SpecialFunctions.Gamma(3 / shape))
    );

    /// <summary>The features of each block, down the columns of blocks.</summary>
    public static IEnumerable<double[]> OfBlocks(Plane luma, double[] window, int blockSize)
    {
        var mean = luma.Convolve(window);
        var square = luma.Map(value => value * value).Convolve(window);
        var normalized = new Plane(luma.Width, luma.Height);
        for (var y = 0; y < luma.Height; y++)
        for (var x = 0; x < luma.Width; x++)
            normalized[x, y] = (luma[x, y] - mean[x, y]) / (MathF.Sqrt(MathF.Abs(square[x, y] - mean[x, y] * mean[x, y])) + 1);
        for (var left = 0; left < luma.Width; left += blockSize)
        for (var top = 0; top < luma.Height; top += blockSize)
            yield return OfBlock(normalized, left, top, blockSize);
    }

    private static double[] OfBlock(Plane normalized, int left, int top, int size)
    {
        var values = new float[size * size];
        for (var i = 0; i < values.Length; i++)
            values[i] = normalized[left + i % size, top + i / size];
        var (shape, below, above) = Fit(values);
        List<double> features = [shape, (below + above) / 2];
        var products = new float[values.Length];
        foreach (var (down, right) in Neighbours)
        {
            for (var i = 0; i < products.Length; i++)
                products[i] = values[i] * values[(i / size - down + size) % size * size + (i % size - right + size) % size];
            (shape, below, above) = Fit(products);
            features.AddRange([
                shape,
                (above - below) * (SpecialFunctions.Gamma(2 / shape) / SpecialFunctions.Gamma(1 / shape)),
                below,
                above,
            ]);
        }

        return [.. features];
    }

    /// <summary>Shape and the scales of both sides by the moments' match of Lasmar, Stitou and Berthoumieu (2009), the shape to 0.001.</summary>
    internal static (double Shape, double Below, double Above) Fit(ReadOnlySpan<float> values)
    {
        double squaresBelow = 0,
            squaresAbove = 0,
            absolutes = 0,
            squares = 0;
        int countBelow = 0,
            countAbove = 0;
        foreach (var value in values)
        {
            var square = (double)value * value;
            absolutes += Math.Abs(value);
            squares += square;
            if (value < 0)
            {
                squaresBelow += square;
                countBelow++;
            }
            else if (value > 0)
            {
                squaresAbove += square;
                countAbove++;
            }
        }

        double below = Math.Sqrt(squaresBelow / countBelow),
            above = Math.Sqrt(squaresAbove / countAbove),
            skew = below / above;
        var ratio =
            absolutes
            / values.Length
            * (absolutes / values.Length)
            / (squares / values.Length)
            * (skew * skew * skew + 1)
            * (skew + 1)
            / Math.Pow(skew * skew + 1, 2);
        var shape = Shapes[0];
        var nearest = double.PositiveInfinity;
        for (var i = 0; i < Shapes.Length; i++)
        {
            var distance = Math.Abs(Ratios[i] - ratio);
            if (distance < nearest)
                (nearest, shape) = (distance, Shapes[i]);
        }

        var scale = Math.Sqrt(SpecialFunctions.Gamma(1 / shape) / SpecialFunctions.Gamma(3 / shape));
        return (shape, below * scale, above * scale);
    }
}
