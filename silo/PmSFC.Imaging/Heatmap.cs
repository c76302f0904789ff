namespace PmSFC.Imaging;

/// <summary>A matrix as a picture, dark blue for its lowest value over green to yellow for its highest.</summary>
public static class Heatmap
{
    private static readonly Rgb NotANumber = new(128, 128, 128);

    // Eleven evenly spaced colours of matplotlib's viridis (public domain, CC0); lightness rises evenly from one to the next.
    private static readonly Rgb[] Stops =
    [
        new(0x44, 0x01, 0x54),
        new(0x48, 0x25, 0x76),
        new(0x41, 0x44, 0x87),
        new(0x35, 0x60, 0x8d),
        new(0x2a, 0x78, 0x8e),
        new(0x21, 0x90, 0x8c),
        new(0x22, 0xa8, 0x84),
        new(0x43, 0xbf, 0x71),
        new(0x7a, 0xd1, 0x51),
        new(0xbb, 0xdf, 0x27),
        new(0xfd, 0xe7, 0x25),
    ];

    /// <summary>
    /// Draws a matrix over the range of its finite values. NaN is gray; infinities take the nearest end; a constant matrix has the lowest colour.
    /// </summary>
    /// <param name="matrix">[rows, columns], each at least 1.</param>
    /// <param name="cellSize">The side of a cell in pixels, at least 1.</param>
    public static RgbImage Render(float[,] matrix, int cellSize)
    {
        float low = float.PositiveInfinity,
            high = float.NegativeInfinity;
        foreach (var value in matrix)
            if (float.IsFinite(value))
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return Render(matrix, cellSize, low, high);
    }

    /// <summary>Draws a matrix over a range that several pictures may share; values outside it take the nearest end.</summary>
    /// <param name="matrix">[rows, columns], each at least 1.</param>
    /// <param name="cellSize">The side of a cell in pixels, at least 1.</param>
    /// <param name="low">The value of the lowest colour.</param>
    /// <param name="high">The value of the highest colour.</param>
    public static RgbImage Render(float[,] matrix, int cellSize, float low, float high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cellSize, 1);
        int rows = matrix.GetLength(0),
            columns = matrix.GetLength(1);
        if (rows == 0 || columns == 0)
            throw new ArgumentException($"A matrix of {rows}×{columns} values has no picture.", nameof(matrix));

        var cells = new byte[3 * rows * columns];
        var at = 0;
        foreach (var value in matrix)
        {
            var colour = float.IsNaN(value) ? NotANumber : Colour(Position(value, low, high));
            (cells[at], cells[at + 1], cells[at + 2]) = (colour.R, colour.G, colour.B);
            at += 3;
        }

        return ImageGrid.Enlarge(RgbImage.Adopt(columns, rows, cells), cellSize);
    }

    private static double Position(float value, double low, double high) =>
        value >= high && high > low ? 1
        : value > low && high > low ? (value - low) / (high - low)
        : 0;

    private static Rgb Colour(double position)
    {
        var scaled = position * (Stops.Length - 1);
        var below = Math.Min((int)scaled, Stops.Length - 2);
        var (from, to, share) = (Stops[below], Stops[below + 1], scaled - below);
        return new Rgb(Mix(from.R, to.R), Mix(from.G, to.G), Mix(from.B, to.B));

        byte Mix(byte a, byte b) => (byte)Math.Round(a + (b - a) * share);
    }
}
