using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using PmSFC.Imaging.Native;

namespace PmSFC.Imaging.Formats;

/// <summary>PNG (ISO/IEC 15948): every chunk's place, length and CRC are checked.</summary>
internal sealed class PngFormat : ImageFormat
{
    private const int ChunkOverhead = 12;
    private const string HeaderType = "IHDR", DataType = "IDAT", EndType = "IEND";
    private const byte Gray = 0, Rgb = 2, Palette = 3, GrayAlpha = 4, RgbAlpha = 6;
    private const byte Interlaced = 1;

    private static readonly (int Left, int Top, int Across, int Down)[] InterlacePasses =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly uint[] CrcTable = MakeCrcTable();

    public override string Name => "PNG";

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    public override bool Matches(ReadOnlySpan<byte> content) => content.StartsWith(Signature);

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        var chunks = ReadChunks(content, name);
        if (!chunks.Exists(chunk => chunk.Type == DataType)) throw Damaged(name, "it has no image data");
        var header = Data(content, chunks[0]);
        if (!IsValid(header)) throw Damaged(name, "its header describes no kind of PNG that exists");

        byte depth = header[8], colourType = header[9];
        var notes = new List<string>();
        if (colourType is Gray or GrayAlpha) notes.Add(ImageNotes.Gray);
        if (colourType == Palette) notes.Add(ImageNotes.Palette);
        if (depth == 16) notes.Add(ImageNotes.SixteenBits);
        var transparency = Data(content, chunks.Find(chunk => chunk.Type == "tRNS"));
        return new ImageHeader(Side(header), Side(header[4..]))
        {
            Notes = notes,
            Orientation = ExifOrientation.Read(Data(content, chunks.Find(chunk => chunk.Type == "eXIf"))),
            Transparent = colourType == Rgb && transparency.Length == 6 ? ColourKey(transparency, depth) : null,
        };
    }

    /// <summary>
    /// Decodes the chunks that pixels depend on. libpng warns about others, such as common colour profiles, on standard error, and decodes data
    /// whose checksum is wrong.
    /// </summary>
    public override GdImage Decode(ReadOnlySpan<byte> content)
    {
        using var needed = new MemoryStream(content.Length);
        using var data = new MemoryStream(content.Length);
        var chunks = ReadChunks(content, Name);
        needed.Write(Signature);
        foreach (var chunk in chunks.Where(chunk => chunk.Type is HeaderType or "PLTE" or "tRNS" or DataType or EndType))
        {
            needed.Write(content.Slice(chunk.Start - 8, chunk.Length + ChunkOverhead));
            if (chunk.Type == DataType) data.Write(Data(content, chunk));
        }

        data.Position = 0;
        return InflatesTo(InflatedLength(Data(content, chunks[0])), data) ? GdImage.FromPng(needed.GetBuffer().AsSpan(0, (int)needed.Length)) : new GdImage();
    }

    private List<Chunk> ReadChunks(ReadOnlySpan<byte> content, string name)
    {
        var chunks = new List<Chunk>();
        for (var at = Signature.Length; ;)
        {
            if (content.Length - at < ChunkOverhead) throw Truncated(name, $"after {content.Length} bytes, before its end chunk");
            var length = BinaryPrimitives.ReadUInt32BigEndian(content[at..]);
            if (length > content.Length - at - ChunkOverhead) throw Truncated(name, $"after {content.Length} bytes, inside the chunk at byte {at}");
            var chunk = new Chunk(Encoding.ASCII.GetString(content.Slice(at + 4, 4)), at + 8, (int)length);
            if (Crc(content.Slice(at + 4, chunk.Length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(content[(chunk.Start + chunk.Length)..]))
                throw Damaged(name, $"the chunk at byte {at} does not match its checksum");
            if (chunk.Type == HeaderType != (chunks.Count == 0)) throw Damaged(name, "its chunks are not one header followed by data");

            chunks.Add(chunk);
            if (chunk.Type == EndType) return chunks;
            at += chunk.Length + ChunkOverhead;
        }
    }

    private static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> content, Chunk chunk) => content.Slice(chunk.Start, chunk.Length);

    private static bool IsValid(ReadOnlySpan<byte> header) =>
        header.Length == 13
        && (header[9], header[8]) is (Gray, 1 or 2 or 4 or 8 or 16) or (Palette, 1 or 2 or 4 or 8) or (Rgb or GrayAlpha or RgbAlpha, 8 or 16)
        && header[10] == 0 && header[11] == 0 && header[12] <= Interlaced;

    /// <summary>The bytes of all rows, each with its filter byte, in all passes.</summary>
    private static long InflatedLength(ReadOnlySpan<byte> header)
    {
        long width = Side(header), height = Side(header[4..]);
        var bits = header[8] * header[9] switch { Rgb => 3, GrayAlpha => 2, RgbAlpha => 4, _ => 1 };
        var length = 0L;
        foreach (var (left, top, across, down) in header[12] == Interlaced ? InterlacePasses : [(0, 0, 1, 1)])
        {
            long columns = (width - left + across - 1) / across, rows = (height - top + down - 1) / down;
            if (columns > 0 && rows > 0) length += rows * (1 + (columns * bits + 7) / 8);
        }

        return length;
    }

    private static bool InflatesTo(long expected, Stream compressed)
    {
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        var length = 0L;
        try
        {
            for (int read; length <= expected && (read = inflated.Read(buffer)) > 0;) length += read;
            return length == expected;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static Imaging.Rgb ColourKey(ReadOnlySpan<byte> transparency, byte depth)
    {
        var offset = depth == 16 ? 0 : 1;
        return new Imaging.Rgb(transparency[offset], transparency[offset + 2], transparency[offset + 4]);
    }

    private static int Side(ReadOnlySpan<byte> number) => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(number), int.MaxValue);

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = CrcTable[(crc ^ value) & 0xff] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xedb88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }

    /// <summary>A chunk's type and where its data lie.</summary>
    private readonly record struct Chunk(string Type, int Start, int Length);
}
