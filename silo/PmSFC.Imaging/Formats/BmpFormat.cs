using System.Buffers.Binary;
using System.Numerics;
using PmSFC.Imaging.Skia;

namespace PmSFC.Imaging.Formats;

/// <summary>Windows and OS/2 bitmaps, with the headers of all versions.</summary>
internal sealed class BmpFormat : ImageFormat
{
    private const int FileHeader = 14, PixelsStart = 10;
    private const int Os2Header = 12, Os2Header2 = 64;
    private const int WindowsHeader = 40, AlphaMaskHeader = 56, Version4Header = 108;
    private const int EmbeddedProfileHeader = 124;
    private const uint Embedded = 0x4d424544;
    private const int ColourSpace = 56, ProfileOffset = 112, ProfileSize = 116;
    private const int BitFields = 3, EmbeddedJpeg = 4, EmbeddedPng = 5, AlphaBitFields = 6;

    public override string Name => "BMP";

    public override IReadOnlyList<string> Extensions => [".bmp", ".dib"];

    public override bool Matches(ReadOnlySpan<byte> content) =>
        content.Length >= FileHeader + 4 && content.StartsWith("BM"u8)
        && BinaryPrimitives.ReadUInt32LittleEndian(content[FileHeader..]) is Os2Header or 16 or WindowsHeader or 52 or AlphaMaskHeader or Os2Header2 or Version4Header or EmbeddedProfileHeader;

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        var info = content[FileHeader..];
        var size = (int)BinaryPrimitives.ReadUInt32LittleEndian(info);
        if (Math.Max(FileHeader + (uint)size, BinaryPrimitives.ReadUInt32LittleEndian(content[PixelsStart..])) > content.Length) throw Truncated(name, $"after {content.Length} bytes, inside its header");

        var isOs2 = size == Os2Header;
        int width = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(isOs2 ? 10 : 14)..]);
        var compression = size is < WindowsHeader or Os2Header2 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        if (compression is EmbeddedJpeg or EmbeddedPng) throw new ImageException(name, "is a BMP that wraps a JPEG or PNG, which is not read; save it as PNG.");
        uint[] masks = compression is BitFields or AlphaBitFields ? Masks(info, size >= AlphaMaskHeader || compression == AlphaBitFields ? 4 : 3) : [];

        // The decoder would print of it.
        if (masks.Any(IsInPieces)) throw Damaged(name, "its header has a colour mask of several pieces");

        // Rows that run from the top have a negative height.
        return new ImageHeader(width, (int)Math.Min(Math.Abs(height), int.MaxValue))
        {
            Notes = bits <= 8 ? [ImageNotes.Palette] : masks.Any(mask => BitOperations.PopCount(mask) > 8) ? [ImageNotes.DeepFields] : [],
            ColourProfile = size == EmbeddedProfileHeader ? Profile(info) : [],
        };
    }

    /// <summary>Decodes; a header of 56 bytes as the longer one of version 4, since the decoder takes alpha's mask from that alone.</summary>
    public override RgbaPixels Decode(ReadOnlySpan<byte> content, ImageHeader header, string name)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(content[FileHeader..]) != AlphaMaskHeader) return base.Decode(content, header, name);
        byte[] longer = [.. content[..(FileHeader + AlphaMaskHeader)], .. new byte[Version4Header - AlphaMaskHeader], .. content[(FileHeader + AlphaMaskHeader)..]];
        longer[FileHeader] = Version4Header;
        var pixels = BinaryPrimitives.ReadUInt32LittleEndian(content[PixelsStart..]);
        BinaryPrimitives.WriteUInt32LittleEndian(longer.AsSpan(PixelsStart), pixels + Version4Header - AlphaMaskHeader);
        return base.Decode(longer, header, name);
    }

    /// <summary>Which bits of a pixel are red, green, blue and, in some, alpha: they follow the 40 bytes of the smallest header.</summary>
    private static uint[] Masks(ReadOnlySpan<byte> info, int count)
    {
        var masks = new uint[count];
        for (var i = 0; i < count && WindowsHeader + 4 * i + 4 <= info.Length; i++) masks[i] = BinaryPrimitives.ReadUInt32LittleEndian(info[(WindowsHeader + 4 * i)..]);
        return masks;
    }

    private static bool IsInPieces(uint mask) => mask != 0 && !BitOperations.IsPow2((mask >> BitOperations.TrailingZeroCount(mask)) + 1UL);

    private static byte[] Profile(ReadOnlySpan<byte> info)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(info[ColourSpace..]) != Embedded) return [];
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(info[ProfileOffset..]), length = BinaryPrimitives.ReadUInt32LittleEndian(info[ProfileSize..]);
        return start + (long)length <= info.Length ? info.Slice((int)start, (int)length).ToArray() : [];
    }
}
