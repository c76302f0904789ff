using System.Buffers.Binary;

namespace PmSFC.Imaging;

/// <summary>How a camera was held (EXIF 2.32, tag 0x0112), and turning its image upright.</summary>
internal static class ExifOrientation
{
    /// <summary>The first row is the top, the first column the left.</summary>
    public const int Upright = 1;

    private const ushort OrientationTag = 0x0112;
    private const ushort ByteType = 1,
        ShortType = 3,
        LongType = 4,
        SignedByteType = 6,
        SignedShortType = 8,
        SignedLongType = 9;
    private const int EntrySize = 12;

    /// <summary>
    /// The orientation, 1–8, in a TIFF block, which may have JPEG's prefix; null where there is none or the block makes no sense.
    /// EXIF wants a SHORT; any other whole number, which some programs write, is taken for what it says.
    /// </summary>
    public static int? Read(ReadOnlySpan<byte> block)
    {
        var tiff = block.StartsWith("Exif\0"u8) && block.Length > 6 ? block[6..] : block;
        var isLittleEndian = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || !(isLittleEndian || tiff.StartsWith("MM\0*"u8)))
            return null;

        var directory = Long(tiff[4..]);
        if (directory > tiff.Length - 2)
            return null;
        var entries = tiff[((int)directory + 2)..];
        for (int left = Short(tiff[(int)directory..]); left > 0 && entries.Length >= EntrySize; left--, entries = entries[EntrySize..])
            if (Short(entries) == OrientationTag && Value(Short(entries[2..]), entries[8..]) is >= 1 and <= 8 and var orientation)
                return (int)orientation;
        return null;

        uint Value(ushort type, ReadOnlySpan<byte> at) =>
            type switch
            {
                ByteType or SignedByteType => at[0],
                ShortType or SignedShortType => Short(at),
                LongType or SignedLongType => Long(at),
                _ => 0,
            };

        ushort Short(ReadOnlySpan<byte> at) =>
            isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

        uint Long(ReadOnlySpan<byte> at) =>
            isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
    }

    /// <summary>The image turned and mirrored so that it is upright.</summary>
    public static RgbImage Apply(RgbImage image, int orientation)
    {
        int w = image.Width,
            h = image.Height;
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
