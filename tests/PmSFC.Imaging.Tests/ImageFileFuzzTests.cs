using System.Diagnostics;

namespace PmSFC.Imaging.Tests;

public sealed class ImageFileFuzzTests
{
    private const int Mutations = 10_000;
    private const int MostSeconds = 5;

    /// <summary>What one decoding may take besides the pixels of a small picture; the limit of 40 megapixels alone would allow 0.3 GB.</summary>
    private const long MostBytes = 1L << 30;

    [Fact]
    public void Decode_TenThousandMutatedFiles_GiveAnImageOrARefusal()
    {
        var originals = Originals();
        var random = new Random(20_04_08);
        var pictures = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var (name, original) = originals[i % originals.Count];
            var content = Mutate(original, random);
            if (random.Next(2) == 0)
                PngBuilder.RepairChecksums(content);
            var started = Stopwatch.GetTimestamp();
            try
            {
                var image = ImageFile.Decode(content, name).Image;
                image.Pixels.Length.ShouldBe(3 * image.Width * image.Height);
                pictures++;
            }
            catch (ImageException refusal)
            {
                refusal.Message.ShouldStartWith(name);
                refusal.Message.ReplaceLineEndings("").ShouldBe(refusal.Message);
            }

            Stopwatch.GetElapsedTime(started).TotalSeconds.ShouldBeLessThan(MostSeconds, $"{name}, mutation {i}");
        }

        pictures.ShouldBeInRange(Mutations / 20, Mutations * 19 / 20);
        Process.GetCurrentProcess().PeakWorkingSet64.ShouldBeLessThan(MostBytes);
    }

    private static List<(string Name, byte[] Content)> Originals()
    {
        var files = Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "Files"))
            .Where(file => !file.EndsWith(".rgb", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))
            .ToList();
        var numbers = Enumerable.Range(0, 20 * 15).Select(i => (uint)(i * 40_503)).ToArray();
        files.Add(("fields.bmp", new BmpBuilder(20, 15, 16) { Header = 124, Masks = [0xf800, 0x7e0, 0x1f, 0] }.Build(numbers)));
        files.Add(("alpha.bmp", new BmpBuilder(20, 15, 32) { Header = 108, Masks = [0xff0000, 0xff00, 0xff, 0xff000000] }.Build(numbers)));
        files.Add(
            (
                "runs.bmp",
                new BmpBuilder(5, 2, 8) { Palette = [.. new Rgb[256]], Compression = 1 }.Build([
                    3,
                    10,
                    2,
                    20,
                    0,
                    0,
                    0,
                    5,
                    1,
                    2,
                    3,
                    4,
                    5,
                    0,
                    0,
                    0,
                    0,
                    1,
                ])
            )
        );
        files.Add(
            (
                "two.gif",
                [
                    .. "GIF89a"u8,
                    2,
                    0,
                    1,
                    0,
                    0x80,
                    0,
                    0,
                    1,
                    2,
                    3,
                    200,
                    100,
                    50,
                    0x2c,
                    0,
                    0,
                    0,
                    0,
                    2,
                    0,
                    1,
                    0,
                    0,
                    2,
                    2,
                    0x44,
                    0x0a,
                    0,
                    0x2c,
                    0,
                    0,
                    0,
                    0,
                    2,
                    0,
                    1,
                    0,
                    0,
                    2,
                    2,
                    0x44,
                    0x0a,
                    0,
                    0x3b,
                ]
            )
        );
        return files;
    }

    /// <summary>Up to five changes, half of them among the first 200 bytes, where headers are.</summary>
    private static byte[] Mutate(byte[] original, Random random)
    {
        var content = random.Next(4) == 0 ? original[..random.Next(original.Length)] : (byte[])original.Clone();
        for (var changes = random.Next(1, 6); changes > 0 && content.Length > 0; changes--)
        {
            var at = random.Next(random.Next(2) == 0 ? Math.Min(200, content.Length) : content.Length);
            switch (random.Next(5))
            {
                case 0:
                    content[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    content[at] = (byte)random.Next(256);
                    break;
                case 2:
                    content[at] = 0xff;
                    break;
                case 3:
                    content[at] = 0;
                    break;
                default:
                    content = [.. content[..at], .. content[Math.Min(content.Length, at + random.Next(8))..]];
                    break;
            }
        }

        return content;
    }
}
