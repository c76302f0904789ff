using System.Globalization;
using PmSFC.Imaging;

namespace PmSFC.Cli.Tests.Support;

/// <summary>A folder of its own for a test class, with images and specs.</summary>
public sealed class Workshop : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        // What clients that run at once are given is written by each of them, and none may find half a file of another.
        var part = PathOf($"{Guid.NewGuid():n}.part");
        File.WriteAllBytes(part, content);
        File.Move(part, PathOf(name), overwrite: true);
        return PathOf(name);
    }

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A smooth picture that differs from one phase to the next.</summary>
    public static RgbImage Picture(int side, int phase)
    {
        var pixels = new byte[3 * side * side];
        for (var i = 0; i < side * side; i++)
        for (var c = 0; c < 3; c++)
            pixels[3 * i + c] = (byte)(128 + 100 * Math.Sin((i % side * (c + 1) + i / side * (phase + 1)) * 0.07 + phase));
        return new RgbImage(side, side, pixels);
    }

    public string WritePictures(string folder, int count)
    {
        for (var i = 0; i < count; i++)
            Write(
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"picture-{i}.png")),
                ImageFile.EncodePng(Picture(64, i))
            );
        return PathOf(folder);
    }
}
