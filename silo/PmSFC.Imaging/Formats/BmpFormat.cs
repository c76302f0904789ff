using System.Buffers.Binary;
using System.Numerics;
using PmSFC.Imaging.Skia;

namespace PmSFC.Imaging.Formats;

/// <summary>Windows and OS/2 bitmaps, with the headers of all versions.</summary>
internal sealed class BmpFormat : ImageFormat
{
    private const int FileHeader = 14,
        PixelsStart = 10;
    private const int Os2Header = 12,
        Os2Header2 = 64;
    private const int WindowsHeader = 40,
        AlphaMaskHeader = 56,
        Version4Header = 108;
    private const int EmbeddedProfileHeader = 124;
    private const uint Embedded = 0x4d424544;
    private const int ColoursUsed = 32,
        ColourSpace = 56,
        ProfileOffset = 112,
        ProfileSize = 116;
    private const int RunLengths8 = 1,
        RunLengths4 = 2,
        BitFields = 3,
        EmbeddedJpeg = 4,
        EmbeddedPng = 5,
        AlphaBitFields = 6;

    public override string Name => "BMP";

    public override IReadOnlyList<string> Extensions => [".bmp", ".dib"];

    public override bool Matches(ReadOnlySpan<byte> content) =>
        content.Length >= FileHeader + 4
        && content.StartsWith("BM"u8)
        && BinaryPrimitives.ReadUInt32LittleEndian(content[FileHeader..])
            is Os2Header
                or 16
                or WindowsHeader
                or 52
                or AlphaMaskHeader
                or Os2Header2
                or Version4Header
                or EmbeddedProfileHeader;

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        var info = content[FileHeader..];
        var size = (int)BinaryPrimitives.ReadUInt32LittleEndian(info);
        if (Math.Max(FileHeader + (uint)size, BinaryPrimitives.ReadUInt32LittleEndian(content[PixelsStart..])) > content.Length)
            throw Truncated(name, $"after {content.Length} bytes, inside its header");

        var isOs2 = size == Os2Header;
        int width = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(isOs2 ? 10 : 14)..]);
        var compression = size is < WindowsHeader or Os2Header2 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        if (compression is EmbeddedJpeg or EmbeddedPng)
            throw new ImageException(name, "is a BMP that wraps a JPEG or PNG, which is not read; save it as PNG.");
        var masks = Masks(info, compression);

        // The decoder would print of it.
        if (masks.Any(IsInPieces))
            throw Damaged(name, "its header has a colour mask of several pieces");

        // Rows that run from the top have a negative height.
        return new ImageHeader(width, (int)Math.Min(Math.Abs(height), int.MaxValue))
        {
            Notes =
                bits <= 8 ? [ImageNotes.Palette]
                : masks.Any(mask => BitOperations.PopCount(mask) > 8) ? [ImageNotes.DeepFields]
                : [],
            ColourProfile = size == EmbeddedProfileHeader ? Profile(info) : [],
        };
    }

    /// <summary>
    /// Decodes. Pixels that run lengths skip have the palette's first colour, as in most programs; the decoder makes them transparent. Alpha that
    /// would leave nothing of the picture was never meant: programs leave it zero.
    /// </summary>
    public override RgbaPixels Decode(ReadOnlySpan<byte> content, ImageHeader header, string name)
    {
        var info = content[FileHeader..];
        int size = (int)BinaryPrimitives.ReadUInt32LittleEndian(info),
            bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(size == Os2Header ? 10 : 14)..]);
        var compression = size < WindowsHeader ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        var palette = Palette(content, size, bits);
        var isShort = size == AlphaMaskHeader || compression == AlphaBitFields || size < WindowsHeader && palette.Length > 0;
        var pixels = base.Decode(isShort ? WithVersion4Header(content, header, bits, compression, palette) : content, header, name);
        if (compression is RunLengths8 or RunLengths4 && palette.Length > 0)
            return WithoutHoles(pixels, palette);
        return Masks(info, compression) is [_, _, _, not 0] ? WithoutEmptyAlpha(pixels) : pixels;
    }

    /// <summary>The file with a header from which the decoder takes alpha's mask, and with all colours that its palette can have.</summary>
    private static byte[] WithVersion4Header(
        ReadOnlySpan<byte> content,
        ImageHeader header,
        int bits,
        uint compression,
        ReadOnlySpan<byte> palette
    )
    {
        var info = content[FileHeader..];
        var start = FileHeader + Version4Header + palette.Length;
        var pixels = content[(int)BinaryPrimitives.ReadUInt32LittleEndian(content[PixelsStart..])..];
        var longer = new byte[start + pixels.Length];
        content[..PixelsStart].CopyTo(longer);
        BinaryPrimitives.WriteInt32LittleEndian(longer.AsSpan(PixelsStart), start);
        var target = longer.AsSpan(FileHeader);
        BinaryPrimitives.WriteInt32LittleEndian(target, Version4Header);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], header.Width);
        var isFromTheTop =
            BinaryPrimitives.ReadUInt32LittleEndian(info) >= WindowsHeader && BinaryPrimitives.ReadInt32LittleEndian(info[8..]) < 0;
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], isFromTheTop ? -header.Height : header.Height);
        (target[12], target[14]) = (1, (byte)bits);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], compression == AlphaBitFields ? BitFields : compression);
        BinaryPrimitives.WriteInt32LittleEndian(target[20..], pixels.Length);
        var masks = Masks(info, compression);
        for (var i = 0; i < masks.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(target[(WindowsHeader + 4 * i)..], masks[i]);
        palette.CopyTo(target[Version4Header..]);
        pixels.CopyTo(longer.AsSpan(start));
        return longer;
    }

    /// <summary>All colours of a palette, four bytes each: those that the file has before its pixels, then black.</summary>
    private static byte[] Palette(ReadOnlySpan<byte> content, int size, int bits)
    {
        if (bits is not (1 or 2 or 4 or 8))
            return [];
        var palette = new byte[4 << bits];
        var stored = content[
            (FileHeader + size)..(int)Math.Max(BinaryPrimitives.ReadUInt32LittleEndian(content[PixelsStart..]), FileHeader + (uint)size)
        ];
        var bytes = size == Os2Header ? 3 : 4;
        var used = size < WindowsHeader ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(content[(FileHeader + ColoursUsed)..]);
        var count = used == 0 ? 1 << bits : Math.Min(used, 1 << bits);
        for (var i = 0; i < count && (i + 1) * bytes <= stored.Length; i++)
            stored.Slice(i * bytes, 3).CopyTo(palette.AsSpan(4 * i));
        return palette;
    }

    private static RgbaPixels WithoutHoles(RgbaPixels pixels, byte[] palette)
    {
        var hasHoles = false;
        for (var at = 0; at < pixels.Values.Length; at += 4)
            if (pixels.Values[at + 3] == 0)
            {
                (pixels.Values[at], pixels.Values[at + 1], pixels.Values[at + 2], pixels.Values[at + 3]) = (
                    palette[2],
                    palette[1],
                    palette[0],
                    byte.MaxValue
                );
                hasHoles = true;
            }

        return hasHoles ? pixels with { Notes = [ImageNotes.SkippedPixels] } : pixels;
    }

    private static RgbaPixels WithoutEmptyAlpha(RgbaPixels pixels)
    {
        for (var at = 3; at < pixels.Values.Length; at += 4)
            if (pixels.Values[at] != 0)
                return pixels;
        for (var at = 3; at < pixels.Values.Length; at += 4)
            pixels.Values[at] = byte.MaxValue;
        return pixels with { Notes = [ImageNotes.NoAlpha] };
    }

    /// <summary>Which bits of a pixel are red, green, blue and, in some, alpha: they follow the 40 bytes of the smallest header.</summary>
    private static uint[] Masks(ReadOnlySpan<byte> info, uint compression)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(info);
        if (size is < WindowsHeader or Os2Header2 || compression is not (BitFields or AlphaBitFields))
            return [];
        var masks = new uint[size >= AlphaMaskHeader || compression == AlphaBitFields ? 4 : 3];
        for (var i = 0; i < masks.Length && WindowsHeader + 4 * i + 4 <= info.Length; i++)
            masks[i] = BinaryPrimitives.ReadUInt32LittleEndian(info[(WindowsHeader + 4 * i)..]);
        return masks;
    }

    private static bool IsInPieces(uint mask) => mask != 0 && !BitOperations.IsPow2((mask >> BitOperations.TrailingZeroCount(mask)) + 1UL);

    private static byte[] Profile(ReadOnlySpan<byte> info)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(info[ColourSpace..]) != Embedded)
            return [];
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(info[ProfileOffset..]),
            length = BinaryPrimitives.ReadUInt32LittleEndian(info[ProfileSize..]);
        return start + (long)length <= info.Length ? info.Slice((int)start, (int)length).ToArray() : [];
    }
}
