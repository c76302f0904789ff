using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

internal static class TestImages
{
    public static RgbImage Noise(int width, int height, int seed)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>A smooth picture with noise of a given strength, so that similarities are neither 0 nor 1.</summary>
    public static RgbImage Waves(int width, int height, int noise, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[3 * width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % width,
                y = i / 3 / width;
            pixels[i] = (byte)
                Math.Clamp(127 + 90 * Math.Sin((x + 3 * (i % 3)) / 6.0) * Math.Cos(y / 5.0) + random.Next(-noise, noise + 1), 0, 255);
        }

        return new RgbImage(width, height, pixels);
    }

    public static RgbImage Map(RgbImage image, Func<byte, byte> change) =>
        new(image.Width, image.Height, Array.ConvertAll(image.Pixels.ToArray(), value => change(value)));
}
