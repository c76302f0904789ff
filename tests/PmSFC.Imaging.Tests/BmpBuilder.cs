using System.Buffers.Binary;

namespace PmSFC.Imaging.Tests;

/// <summary>Builds BMP files of any header and depth.</summary>
internal sealed class BmpBuilder(int width, int height, int bits)
{
    private const int FileHeader = 14;

    public int Header { get; init; } = 40;

    public bool FromTheTop { get; init; }

    public Rgb[] Palette { get; init; } = [];

    public uint[] Masks { get; init; } = [];

    public uint? Compression { get; init; }

    /// <summary>A file of rows from the top, each pixel as the number that stands for it.</summary>
    public byte[] Build(uint[] pixels)
    {
        var rows = Enumerable.Range(0, height).Select(y => Row(pixels.AsSpan(y * width, width)));
        return Build([.. (FromTheTop ? rows : rows.Reverse()).SelectMany(row => row)]);
    }

    /// <summary>A file with these image data.</summary>
    public byte[] Build(byte[] data)
    {
        var info = new byte[Header];
        BinaryPrimitives.WriteInt32LittleEndian(info, Header);
        if (Header == 12)
        {
            BinaryPrimitives.WriteInt16LittleEndian(info.AsSpan(4), (short)width);
            BinaryPrimitives.WriteInt16LittleEndian(info.AsSpan(6), (short)height);
            (info[8], info[10]) = (1, (byte)bits);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(4), width);
            BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(8), FromTheTop ? -height : height);
            (info[12], info[14]) = (1, (byte)bits);
            BinaryPrimitives.WriteUInt32LittleEndian(info.AsSpan(16), Compression ?? (Masks.Length > 0 ? 3u : 0u));
            BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(20), data.Length);
            BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(32), Palette.Length);
        }

        var masks = Masks.SelectMany(BitConverter.GetBytes).ToArray();
        if (Header >= 40 + masks.Length && masks.Length > 0)
            masks.CopyTo(info, 40);
        byte[] before =
        [
            .. info,
            .. Header == 40 ? masks : [],
            .. Palette.SelectMany(colour => (byte[])[colour.B, colour.G, colour.R, .. Header == 12 ? [] : (byte[])[0]]),
        ];
        var start = FileHeader + before.Length;
        return [.. "BM"u8, .. BitConverter.GetBytes(start + data.Length), 0, 0, 0, 0, .. BitConverter.GetBytes(start), .. before, .. data];
    }

    private byte[] Row(ReadOnlySpan<uint> pixels)
    {
        var row = new byte[(pixels.Length * bits + 31) / 32 * 4];
        for (var x = 0; x < pixels.Length; x++)
        {
            if (bits < 8)
                row[x * bits / 8] |= (byte)(pixels[x] << (8 - bits - x * bits % 8));
            else
                for (var part = 0; part < bits / 8; part++)
                    row[x * bits / 8 + part] = (byte)(pixels[x] >> 8 * part);
        }

        return row;
    }
}
