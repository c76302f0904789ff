using System.Collections.Frozen;

namespace PmSFC.Imaging.Formats;

/// <summary>The formats that are read, and those that are known well enough to be named.</summary>
public static class ImageFormats
{
    private static readonly ImageFormat[] Known = [new PngFormat(), new JpegFormat(), new WebpFormat(), new BmpFormat(), new GifFormat()];

    private static readonly FrozenSet<string> Extensions = Known
        .SelectMany(format => format.Extensions)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The formats as a sentence lists them: "PNG, JPEG, WebP, BMP or GIF".</summary>
    public static string Names { get; } = $"{string.Join(", ", Known.SkipLast(1).Select(format => format.Name))} or {Known[^1].Name}";

    /// <summary>Whether a file's name ends as that of an image does.</summary>
    public static bool IsImageName(string name) => Extensions.Contains(Path.GetExtension(name));

    /// <summary>The format whose files start as <paramref name="content"/> does, or null.</summary>
    internal static ImageFormat? Recognise(ReadOnlySpan<byte> content)
    {
        foreach (var format in Known)
            if (format.Matches(content))
                return format;
        return null;
    }

    /// <summary>What a file is that starts as files of a format do which is not read, or null.</summary>
    internal static string? Foreign(ReadOnlySpan<byte> content)
    {
        if (
            content.StartsWith("II*\0"u8)
            || content.StartsWith("MM\0*"u8)
            || content.StartsWith("II+\0"u8)
            || content.StartsWith("MM\0+"u8)
        )
            return "a TIFF";
        if (content.StartsWith("8BPS"u8))
            return "a Photoshop document";
        if (content.StartsWith((ReadOnlySpan<byte>)[0xff, 0x0a]) || Box(content, "JXL "u8))
            return "a JPEG XL";
        if (Box(content, "jP  "u8) || content.StartsWith((ReadOnlySpan<byte>)[0xff, 0x4f, 0xff, 0x51]))
            return "a JPEG 2000";
        if (!Box(content, "ftyp"u8) || content.Length < 12)
            return null;
        return content[8..].StartsWith("avi"u8) ? "an AVIF"
            : content[8..].StartsWith("hei"u8) || content[8..].StartsWith("mif"u8) ? "a HEIC"
            : "a video";

        static bool Box(ReadOnlySpan<byte> content, ReadOnlySpan<byte> type) => content.Length >= 8 && content[4..].StartsWith(type);
    }
}
