using System.Globalization;
using System.Text;
using PmSFC.Imaging.Files;
using PmSFC.Imaging.Formats;
using PmSFC.Imaging.Skia;

namespace PmSFC.Imaging;

/// <summary>
/// Reads PNG, JPEG, WebP, BMP and GIF, and writes PNG and JPEG, by Skia. What Skia passes over is checked before: that a file goes to its end, its
/// checksums, and its size. Colours are what the file stores: a profile that is not sRGB is ignored and noted, gamma is ignored.
/// </summary>
public static class ImageFile
{
    /// <summary>The most pixels that an image may have.</summary>
    public const int MaximumPixels = 40_000_000;

    /// <summary>The most bytes that a file may have.</summary>
    public const int MaximumBytes = 256 << 20;

    private const int ShownStart = 8;

    /// <summary>Reads an image from a file.</summary>
    /// <exception cref="ImageException">There is no such file, it cannot be read, or it holds no usable image.</exception>
    public static DecodedImage Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Decode(ReadContent(path), path);
    }

    /// <summary>The whole file, not decoded.</summary>
    /// <exception cref="ImageException">There is no such file, it cannot be read, or it is larger than <see cref="MaximumBytes"/>.</exception>
    public static byte[] ReadContent(string path)
    {
        try
        {
            return UserFile.ReadAll(path, "an image file", MaximumBytes, "scale the image down or save it compressed");
        }
        catch (UserFileException e)
        {
            throw new ImageException(path, e.Problem, e);
        }
    }

    /// <summary>Reads an image from a file's content.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ImageException">The content is not a whole, usable image.</exception>
    public static DecodedImage Decode(ReadOnlySpan<byte> content, string name)
    {
        if (content.IsEmpty)
            throw new ImageException(name, "is empty (0 bytes); fetch or save the image again.");
        if (ImageFormats.Recognise(content) is not { } format)
            throw new ImageException(name, Unrecognised(content));
        var header = format.Inspect(content, name);
        RefuseUnusableSize(header, name);
        var pixels = format.Decode(content, header, name);

        List<string> notes = [.. header.Notes, .. pixels.Notes];
        if (header.ColourProfile.Length > 0 && !ColourProfile.IsSrgb(header.ColourProfile))
            notes.Add(ImageNotes.Profile);
        if (pixels.Frames > 1)
            notes.Add(ImageNotes.OtherPictures);
        var image = pixels.OverWhite(out var composited);
        if (composited)
            notes.Add(ImageNotes.Alpha);
        if (header.Orientation != ExifOrientation.Upright)
        {
            image = ExifOrientation.Apply(image, header.Orientation);
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"EXIF orientation {header.Orientation} applied"));
        }

        return new DecodedImage(image, format.Name, notes);
    }

    /// <summary>The image as a PNG file: lossless, 8-bit RGB.</summary>
    public static byte[] EncodePng(RgbImage image) => SkiaCodec.EncodePng(image);

    /// <summary>The image as a baseline JPEG file, chroma halved.</summary>
    /// <param name="image">The image; its sides may be at most 65 500 pixels.</param>
    /// <param name="quality">0–100, as libjpeg counts it.</param>
    public static byte[] EncodeJpeg(RgbImage image, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quality);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return SkiaCodec.EncodeJpeg(image, quality);
    }

    /// <summary>Writes a PNG file, whole or not at all: under another name in the same folder first, then renamed over what was there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WritePng(RgbImage image, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var content = EncodePng(image);
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string Unrecognised(ReadOnlySpan<byte> content) =>
        ImageFormats.Foreign(content) is { } kind
            ? $"is {kind}, which is not read; save it as PNG."
            : $"is not an image: it starts with {Start(content)}, expected {ImageFormats.Names}.";

    private static void RefuseUnusableSize(ImageHeader header, string name)
    {
        var pixels = (long)header.Width * header.Height;
        if (header.Width < 1 || header.Height < 1)
            throw new ImageException(name, $"has no pixels: its header says {header.Width}×{header.Height}; fetch or save it again.");
        if (pixels > MaximumPixels)
            throw new ImageException(
                name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"is {header.Width}×{header.Height} pixels ({pixels / 1e6:0.#} megapixels), more than the {MaximumPixels / 1e6:0} megapixels that are read; scale it down first."
                )
            );
    }

    private static string Start(ReadOnlySpan<byte> content)
    {
        var start = content[..Math.Min(ShownStart, content.Length)];
        foreach (var value in start)
            if (value is < 0x20 or > 0x7e and not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
                return $"the bytes {BitConverter.ToString(start.ToArray()).Replace('-', ' ')}";
        return $"'{Encoding.ASCII.GetString(start).ReplaceLineEndings(" ").Replace('\t', ' ')}'";
    }
}
