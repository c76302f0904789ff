using SkiaSharp;

namespace PmSFC.Kubernetes.Tests;

/// <summary>What a nightly evaluation is made of, in the size of a test.</summary>
internal static class NightlyInput
{
    /// <summary>The manifests' own spec with few iterations.</summary>
    public static string Shortened(string spec, int iterations)
    {
        var shortened = spec.Replace(
            "preset: tuned",
            $"preset: tuned\n    settings: {{ iterations: {iterations} }}",
            StringComparison.Ordinal
        );
        shortened.ShouldContain($"iterations: {iterations}");
        return shortened;
    }

    /// <summary>Writes pictures of 64 x 64 pixels into a folder.</summary>
    public static void WritePictures(string folder, int count)
    {
        for (var image = 0; image < count; image++)
        {
            using var bitmap = new SKBitmap(64, 64);
            for (var x = 0; x < 64; x++)
            {
                for (var y = 0; y < 64; y++)
                    bitmap.SetPixel(x, y, new SKColor((byte)(4 * x), (byte)(4 * y), (byte)(60 * image)));
            }

            using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(Path.Combine(folder, $"picture-{image}.png"), png.ToArray());
        }
    }
}
