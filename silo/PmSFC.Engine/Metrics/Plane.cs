namespace PmSFC.Engine.Metrics;

/// <summary>
/// One channel of an image in single precision, as BasicSR filters it: where luma is constant, its weighted mean rounds to luma itself, and what is
/// left of it is 0. In double precision it is ±1e-14, which counts as a side of a distribution.
/// </summary>
internal sealed class Plane(int width, int height)
{
    /// <summary>MATLAB's bicubic kernel (a = −½) at the distances ¼, ¾, 1¼ and 1¾ of the taps of a halving with antialias; single precision holds them exactly.</summary>
    private static readonly float[] Taps =
    [
        .. ((double[])[1.75, 1.25, 0.75, 0.25, 0.25, 0.75, 1.25, 1.75]).Select(distance => (float)(Cubic(distance) / 2)),
    ];

    private readonly float[] _values = new float[width * height];

    public int Width => width;

    public int Height => height;

    public float this[int x, int y]
    {
        get => _values[y * width + x];
        set => _values[y * width + x] = value;
    }

    /// <summary>Half the size by MATLAB's imresize: bicubic with antialias, edges mirrored, down first, then across, one tap added after the other.</summary>
    public Plane Halve()
    {
        var down = new Plane(width, height / 2);
        for (var y = 0; y < down.Height; y++)
        for (var k = 0; k < Taps.Length; k++)
        for (var x = 0; x < width; x++)
            down[x, y] += Taps[k] * this[x, Mirrored(2 * y + k - 3, height)];
        var half = new Plane(width / 2, height / 2);
        for (var y = 0; y < half.Height; y++)
        for (var x = 0; x < half.Width; x++)
        for (var k = 0; k < Taps.Length; k++)
            half[x, y] += Taps[k] * down[Mirrored(2 * x + k - 3, width), y];
        return half;
    }

    /// <summary>Each value changed by itself.</summary>
    public Plane Map(Func<float, float> change)
    {
        var changed = new Plane(width, height);
        for (var i = 0; i < _values.Length; i++)
            changed._values[i] = change(_values[i]);
        return changed;
    }

    /// <summary>Convolved with a square window, edges repeated. The sums are of double precision, rounded at the end.</summary>
    /// <param name="window">Its rows, an odd number.</param>
    public Plane Convolve(double[] window)
    {
        var size = (int)Math.Sqrt(window.Length);
        var result = new Plane(width, height);
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var sum = 0.0;
            for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
                sum += window[i * size + j] * this[Math.Clamp(x + size / 2 - j, 0, width - 1), Math.Clamp(y + size / 2 - i, 0, height - 1)];
            result[x, y] = (float)sum;
        }

        return result;
    }

    private static int Mirrored(int index, int size) =>
        index < 0 ? -1 - index
        : index >= size ? 2 * size - 1 - index
        : index;

    private static double Cubic(double x) => x <= 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2;
}
