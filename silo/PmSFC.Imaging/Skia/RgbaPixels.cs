namespace PmSFC.Imaging.Skia;

/// <summary>A decoded image.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Values">R, G, B and alpha of each pixel, not multiplied: <c>4 · width · height</c> bytes.</param>
/// <param name="Frames">How many pictures the file has, of which this is the first.</param>
internal sealed record RgbaPixels(int Width, int Height, byte[] Values, int Frames)
{
    private const byte Opaque = 255;

    /// <summary>What was done to the pixels while they were decoded.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The pixels over white, each rounded to the nearest level.</summary>
    /// <param name="composited">Whether any pixel was not opaque.</param>
    public RgbImage OverWhite(out bool composited)
    {
        composited = false;
        var pixels = new byte[3 * Width * Height];
        for (int from = 0, to = 0; to < pixels.Length; from += 4, to += 3)
        {
            int alpha = Values[from + 3];
            composited |= alpha != Opaque;
            for (var c = 0; c < 3; c++)
                pixels[to + c] = (byte)((Values[from + c] * alpha + Opaque * (Opaque - alpha) + Opaque / 2) / Opaque);
        }

        return RgbImage.Adopt(Width, Height, pixels);
    }
}
