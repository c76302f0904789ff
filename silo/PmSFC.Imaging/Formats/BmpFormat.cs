using System.Buffers.Binary;
using PmSFC.Imaging.Native;

namespace PmSFC.Imaging.Formats;

/// <summary>Windows and OS/2 bitmaps without compression: their pixels must lie inside the file.</summary>
internal sealed class BmpFormat : ImageFormat
{
    private const int FileHeader = 14;
    private const int Os2Header = 12;
    private const int WindowsHeader = 40;
    private const int Uncompressed = 0;
    private const int BitFields = 3;

    public override string Name => "BMP";

    public override bool Matches(ReadOnlySpan<byte> content) =>
        content.Length >= FileHeader + 4 && content.StartsWith("BM"u8)
        && BinaryPrimitives.ReadUInt32LittleEndian(content[FileHeader..]) is Os2Header or 16 or WindowsHeader or 52 or 56 or 64 or 108 or 124;

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        var info = content[FileHeader..];
        var size = BinaryPrimitives.ReadUInt32LittleEndian(info);
        if (size > info.Length) throw Truncated(name, $"after {content.Length} bytes, inside its header");

        var isOs2 = size == Os2Header;
        int width = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(isOs2 ? 10 : 14)..]);
        var compression = size >= WindowsHeader ? BinaryPrimitives.ReadUInt32LittleEndian(info[16..]) : Uncompressed;
        if (compression is not (Uncompressed or BitFields)) throw new ImageException(name, "is a compressed BMP, which is not read; save it as PNG.");
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32)) throw Damaged(name, $"its header says {bits} bits a pixel");

        // Rows that run from the top have a negative height.
        height = Math.Abs(height);
        if (width > 0 && (long)width * height <= ImageFile.MaximumPixels)
        {
            var pixelsEnd = BinaryPrimitives.ReadUInt32LittleEndian(content[10..]) + ((long)width * bits + 31) / 32 * 4 * height;
            if (pixelsEnd > content.Length) throw Truncated(name, $"after {content.Length} of {pixelsEnd} bytes");
        }

        return new ImageHeader(width, (int)Math.Min(height, int.MaxValue)) { Notes = bits <= 8 ? [ImageNotes.Palette] : [] };
    }

    public override GdImage Decode(ReadOnlySpan<byte> content) => GdImage.FromBmp(content);
}
