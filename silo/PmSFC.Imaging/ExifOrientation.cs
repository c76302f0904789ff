using System.Buffers.Binary;

namespace PmSFC.Imaging;

/// <summary>How a camera was held (EXIF 2.32, tag 0x0112), and turning its image upright.</summary>
internal static class ExifOrientation
{
    /// <summary>The first row is the top, the first column the left.</summary>
    public const int Upright = 1;

    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;
    private const int EntrySize = 12;

    /// <summary>The orientation, 1–8, in a TIFF block; <see cref="Upright"/> where there is none or the block makes no sense.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        var isLittleEndian = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || !(isLittleEndian || tiff.StartsWith("MM\0*"u8))) return Upright;

        var directory = isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2) return Upright;
        var entries = tiff[((int)directory + 2)..];
        for (int left = Number(tiff[(int)directory..]); left > 0 && entries.Length >= EntrySize; left--, entries = entries[EntrySize..])
            if (Number(entries) == OrientationTag && Number(entries[2..]) == ShortType)
                return Number(entries[8..]) is var value and >= 1 and <= 8 ? value : Upright;
        return Upright;

        int Number(ReadOnlySpan<byte> at) =>
            isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
    }

    /// <summary>The image turned and mirrored so that it is upright.</summary>
    public static RgbImage Apply(RgbImage image, int orientation)
    {
        int w = image.Width, h = image.Height;
        var (width, height) = orientation >= 5 ? (h, w) : (w, h);
        var source = image.Pixels;
        var pixels = new byte[source.Length];
        for (int y = 0, at = 0; y < height; y++)
            for (var x = 0; x < width; x++, at += 3)
            {
                var (column, row) = orientation switch
                {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    8 => (w - 1 - y, x),
                    _ => (x, y),
                };
                source.Slice(3 * (row * w + column), 3).CopyTo(pixels.AsSpan(at));
            }

        return RgbImage.Adopt(width, height, pixels);
    }
}
