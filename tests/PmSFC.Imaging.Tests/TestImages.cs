namespace PmSFC.Imaging.Tests;

internal static class TestImages
{
    public static RgbImage Noise(int width, int height, int seed)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    public static RgbImage Constant(int width, int height, Rgb colour) => Draw(width, height, (_, _) => colour);

    public static RgbImage Draw(int width, int height, Func<int, int, Rgb> colourAt)
    {
        var pixels = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        {
            var (r, g, b) = colourAt(x, y);
            new[] { r, g, b }.CopyTo(pixels, 3 * (y * width + x));
        }

        return new RgbImage(width, height, pixels);
    }

    public static byte[] Content(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Files", file));
}
