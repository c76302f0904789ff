namespace PmSFC.Engine.Metrics;

/// <summary>One channel of an image.</summary>
internal sealed class Plane(int width, int height)
{
    /// <summary>MATLAB's bicubic kernel (a = −½) at the distances ¼, ¾, 1¼ and 1¾ of the taps of a halving with antialias.</summary>
    private static readonly double[] Taps = [.. ((double[])[1.75, 1.25, 0.75, 0.25, 0.25, 0.75, 1.25, 1.75]).Select(distance => Cubic(distance) / 2)];

    private readonly double[] _values = new double[width * height];

    public int Width => width;

    public int Height => height;

    public double this[int x, int y]
    {
        get => _values[y * width + x];
        set => _values[y * width + x] = value;
    }

    /// <summary>Half the size by MATLAB's imresize: bicubic with antialias, edges mirrored.</summary>
    public Plane Halve()
    {
        var across = new Plane(width / 2, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < across.Width; x++)
                for (var k = 0; k < Taps.Length; k++)
                    across[x, y] += Taps[k] * this[Mirrored(2 * x + k - 3, width), y];
        var half = new Plane(width / 2, height / 2);
        for (var y = 0; y < half.Height; y++)
            for (var k = 0; k < Taps.Length; k++)
                for (var x = 0; x < half.Width; x++)
                    half[x, y] += Taps[k] * across[x, Mirrored(2 * y + k - 3, height)];
        return half;
    }

    /// <summary>Convolved with a square window, edges repeated.</summary>
    /// <param name="window">Its rows, an odd number.</param>
    /// <param name="change">What is done to each value first.</param>
    public Plane Convolve(double[] window, Func<double, double> change)
    {
        var size = (int)Math.Sqrt(window.Length);
        var changed = new Plane(width, height);
        for (var i = 0; i < _values.Length; i++) changed._values[i] = change(_values[i]);
        var result = new Plane(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var sum = 0.0;
                for (var i = 0; i < size; i++)
                    for (var j = 0; j < size; j++)
                        sum += window[i * size + j] * changed[Math.Clamp(x + size / 2 - j, 0, width - 1), Math.Clamp(y + size / 2 - i, 0, height - 1)];
                result[x, y] = sum;
            }

        return result;
    }

    private static int Mirrored(int index, int size) => index < 0 ? -1 - index : index >= size ? 2 * size - 1 - index : index;

    private static double Cubic(double x) => x <= 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2;
}
