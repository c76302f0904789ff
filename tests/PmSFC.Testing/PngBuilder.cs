using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PmSFC.Testing;

/// <summary>Builds PNG files of any kind, valid or not.</summary>
/// <param name="width">Of the picture.</param>
/// <param name="height">Of the picture.</param>
/// <param name="depth">Bits of a sample.</param>
/// <param name="colourType">0 for gray, 2 RGB, 3 a palette, 4 gray and alpha, 6 RGB and alpha.</param>
public sealed class PngBuilder(int width, int height, byte depth, byte colourType)
{
    private readonly List<(string Type, byte[] Data)> _chunks = [];

    /// <summary>Whether the header says that it is interlaced.</summary>
    public bool Interlaced { get; init; }

    /// <summary>Adds a chunk.</summary>
    public PngBuilder Chunk(string type, params byte[] data)
    {
        _chunks.Add((type, data));
        return this;
    }

    /// <summary>Adds image data: each row without its filter byte.</summary>
    public PngBuilder Rows(params byte[][] rows)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            foreach (var row in rows)
                deflate.Write([0, .. row]);
        return Chunk("IDAT", compressed.ToArray());
    }

    /// <summary>The file.</summary>
    public byte[] Build()
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, colourType, (byte)(Interlaced ? 1 : 0));
        byte[] signature = [0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n'];
        return
        [
            .. signature,
            .. Serialize("IHDR", header),
            .. _chunks.SelectMany(chunk => Serialize(chunk.Type, chunk.Data)),
            .. Serialize("IEND", []),
        ];
    }

    /// <summary>Makes every chunk's checksum right again, as far as the chunks can be followed.</summary>
    public static void RepairChecksums(byte[] png)
    {
        for (var at = 8; at + 12 <= png.Length; )
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - 12)
                return;
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(at + 8 + (int)length), Crc(png.AsSpan(at + 4, 4 + (int)length)));
            at += 12 + (int)length;
        }
    }

    private static byte[] Serialize(string type, byte[] data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 4);
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xedb88320 & (0 - (crc & 1)));
        }

        return ~crc;
    }
}
