using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using PmSFC.Imaging.Skia;

namespace PmSFC.Imaging.Formats;

/// <summary>PNG (ISO/IEC 15948): every chunk's place, length and CRC are checked.</summary>
internal sealed class PngFormat : ImageFormat
{
    private const int ChunkOverhead = 12;
    private const string HeaderType = "IHDR",
        PaletteType = "PLTE",
        DataType = "IDAT",
        EndType = "IEND";
    private const byte Gray = 0,
        Rgb = 2,
        Palette = 3,
        GrayAlpha = 4,
        RgbAlpha = 6;
    private const byte Interlaced = 1;
    private const int MaximumMetadata = 16 << 20;

    private static readonly (int Left, int Top, int Across, int Down)[] InterlacePasses =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    private static readonly uint[] CrcTable = MakeCrcTable();

    public override string Name => "PNG";

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    public override IReadOnlyList<string> Extensions => [".png", ".apng"];

    public override bool Matches(ReadOnlySpan<byte> content) => content.StartsWith(Signature);

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        if (content[Signature.Length..] is [_, _, _, _, .. var first] && first.StartsWith("CgBI"u8))
            throw new ImageException(name, "is a PNG as Apple packs it into programs (CgBI), which is not read; save it as PNG.");
        var chunks = ReadChunks(content, name);
        if (chunks.Count(chunk => chunk.Type == PaletteType) > 1)
            throw Damaged(name, "it has more than one palette");
        if (!chunks.Exists(chunk => chunk.Type == DataType))
            throw Damaged(name, "it has no image data");
        var header = Data(content, chunks[0]);
        if (!IsValid(header))
            throw Damaged(name, "its header describes no kind of PNG that exists");

        byte depth = header[8],
            colourType = header[9];
        var notes = new List<string>();
        if (colourType is Gray or GrayAlpha)
            notes.Add(ImageNotes.Gray);
        if (colourType == Palette)
            notes.Add(ImageNotes.Palette);
        if (depth == 16)
            notes.Add(ImageNotes.SixteenBits);
        if (chunks.Exists(chunk => chunk.Type == "acTL"))
            notes.Add(ImageNotes.OtherPictures);
        return new ImageHeader(Side(header), Side(header[4..]))
        {
            Notes = notes,
            Orientation = Orientation(content, chunks) ?? ExifOrientation.Upright,
            ColourProfile =
                Find(content, chunks, "iCCP") is var profile && Separator(profile, 0) is > 0 and var nameEnd && nameEnd + 2 < profile.Length
                    ? Inflate(profile[(nameEnd + 2)..])
                    : [],
        };
    }

    /// <summary>
    /// Decodes the chunks that pixels depend on: from others the decoder would take a conversion of colours. The palette is filled up with black,
    /// which is what libpng's readers see in an index beyond its end. Data whose checksum is wrong are refused.
    /// </summary>
    public override RgbaPixels Decode(ReadOnlySpan<byte> content, ImageHeader header, string name)
    {
        using var needed = new MemoryStream(content.Length);
        using var data = new MemoryStream(content.Length);
        var chunks = ReadChunks(content, name);
        var description = Data(content, chunks[0]);
        needed.Write(Signature);
        foreach (var chunk in chunks.Where(chunk => chunk.Type is HeaderType or PaletteType or "tRNS" or DataType or EndType))
        {
            if (chunk.Type == PaletteType && description[9] == Palette)
                WriteChunk(needed, PaletteType, FilledUp(Data(content, chunk), description[8]));
            else
                needed.Write(content.Slice(chunk.Start - 8, chunk.Length + ChunkOverhead));
            if (chunk.Type == DataType)
                data.Write(Data(content, chunk));
        }

        data.Position = 0;
        if (!InflatesWhole(InflatedLength(description), data))
            throw Damaged(name, $"its {Name} data cannot be decoded to {header.Width}×{header.Height} pixels");
        return base.Decode(needed.GetBuffer().AsSpan(0, (int)needed.Length), header, name);
    }

    /// <summary>What EXIF says: the chunk for it, else the texts that ImageMagick and exiftool wrote before there was one, of which some hold XMP.</summary>
    private static int? Orientation(ReadOnlySpan<byte> content, List<Chunk> chunks)
    {
        if (ExifOrientation.Read(Find(content, chunks, "eXIf")) is { } told)
            return told;
        foreach (var chunk in chunks.Where(chunk => chunk.Type is "zTXt" or "tEXt" or "iTXt"))
        {
            var data = Data(content, chunk);
            if (!data.StartsWith("Raw profile type exif\0"u8) && !data.StartsWith("Raw profile type APP1\0"u8))
                continue;
            var text = data[(Separator(data, 0) + 1)..];
            if (chunk.Type == "zTXt" && text.Length > 0)
                text = Inflate(text[1..]);
            if (chunk.Type == "iTXt" && text.Length > 2)
            {
                var isCompressed = text[0] == 1;
                var start = Separator(text, Separator(text, 2) + 1) + 1;
                text = isCompressed ? Inflate(text[start..]) : text[start..];
            }

            if (ExifOrientation.Read(Hexadecimal(text)) is { } orientation)
                return orientation;
        }

        return null;
    }

    /// <summary>A raw profile's bytes: a line break, its name, its length in decimal, then hexadecimal digits in lines.</summary>
    private static byte[] Hexadecimal(ReadOnlySpan<byte> text)
    {
        var words = Encoding.ASCII.GetString(text).Split((char[])['\n', '\r', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var digits = string.Concat(words.Skip(2));
        var bytes = new byte[digits.Length / 2];
        return Convert.FromHexString(digits.AsSpan(0, 2 * bytes.Length), bytes, out _, out _) == OperationStatus.Done ? bytes : [];
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> content, List<Chunk> chunks, string type) =>
        Data(content, chunks.Find(chunk => chunk.Type == type));

    /// <summary>Where the next zero byte is, or the last byte if there is none.</summary>
    private static int Separator(ReadOnlySpan<byte> data, int from) =>
        from < data.Length && data[from..].IndexOf((byte)0) is >= 0 and var at ? from + at : data.Length - 1;

    /// <summary>What zlib's data hold, up to <see cref="MaximumMetadata"/> bytes; what was inflated before the place where they are damaged.</summary>
    private static byte[] Inflate(ReadOnlySpan<byte> compressed)
    {
        using var source = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        using var result = new MemoryStream();
        var buffer = new byte[1 << 14];
        try
        {
            for (int read; result.Length < MaximumMetadata && (read = source.Read(buffer)) > 0; )
                result.Write(buffer, 0, read);
        }
        catch (InvalidDataException) { }

        return result.ToArray();
    }

    private static byte[] FilledUp(ReadOnlySpan<byte> palette, byte depth)
    {
        var filled = new byte[Math.Max(palette.Length, 3 << depth)];
        palette.CopyTo(filled);
        return filled;
    }

    private static void WriteChunk(MemoryStream target, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        target.Write(number);
        var start = (int)target.Length;
        target.Write(Encoding.ASCII.GetBytes(type));
        target.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(target.GetBuffer().AsSpan(start, data.Length + 4)));
        target.Write(number);
    }

    private List<Chunk> ReadChunks(ReadOnlySpan<byte> content, string name)
    {
        var chunks = new List<Chunk>();
        for (var at = Signature.Length; ; )
        {
            if (content.Length - at < ChunkOverhead)
                throw Truncated(name, $"after {content.Length} bytes, before its end chunk");
            var length = BinaryPrimitives.ReadUInt32BigEndian(content[at..]);
            if (length > content.Length - at - ChunkOverhead)
                throw Truncated(name, $"after {content.Length} bytes, inside the chunk at byte {at}");
            var chunk = new Chunk(Encoding.ASCII.GetString(content.Slice(at + 4, 4)), at + 8, (int)length);
            if (
                Crc(content.Slice(at + 4, chunk.Length + 4))
                != BinaryPrimitives.ReadUInt32BigEndian(content[(chunk.Start + chunk.Length)..])
            )
                throw Damaged(name, $"the chunk at byte {at} does not match its checksum");
            if (chunk.Type == HeaderType != (chunks.Count == 0))
                throw Damaged(name, "its chunks are not one header followed by data");

            chunks.Add(chunk);
            if (chunk.Type == EndType)
                return chunks;
            at += chunk.Length + ChunkOverhead;
        }
    }

    private static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> content, Chunk chunk) => content.Slice(chunk.Start, chunk.Length);

    private static bool IsValid(ReadOnlySpan<byte> header) =>
        header.Length == 13
        && (header[9], header[8])
            is
                (Gray, 1 or 2 or 4 or 8 or 16)
                or
                (Palette, 1 or 2 or 4 or 8)
                or
                (Rgb or GrayAlpha or RgbAlpha, 8 or 16)
        && header[10] == 0
        && header[11] == 0
        && header[12] <= Interlaced;

    /// <summary>The bytes of all rows, each with its filter byte, in all passes.</summary>
    private static long InflatedLength(ReadOnlySpan<byte> header)
    {
        long width = Side(header),
            height = Side(header[4..]);
        var bits =
            header[8]
            * header[9] switch
            {
                Rgb => 3,
                GrayAlpha => 2,
                RgbAlpha => 4,
                _ => 1,
            };
        var length = 0L;
        foreach (var (left, top, across, down) in header[12] == Interlaced ? InterlacePasses : [(0, 0, 1, 1)])
        {
            long columns = (width - left + across - 1) / across,
                rows = (height - top + down - 1) / down;
            if (columns > 0 && rows > 0)
                length += rows * (1 + (columns * bits + 7) / 8);
        }

        return length;
    }

    /// <summary>Whether there are data for all rows, with the right checksum behind them; some programs write more than that, which no reader looks at.</summary>
    private static bool InflatesWhole(long expected, Stream compressed)
    {
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        var length = 0L;
        try
        {
            for (int read; length <= expected && (read = inflated.Read(buffer)) > 0; )
                length += read;
            return length >= expected;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static int Side(ReadOnlySpan<byte> number) => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(number), int.MaxValue);

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
            crc = CrcTable[(crc ^ value) & 0xff] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xedb88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }

    /// <summary>A chunk's type and where its data lie.</summary>
    private readonly record struct Chunk(string Type, int Start, int Length);
}
