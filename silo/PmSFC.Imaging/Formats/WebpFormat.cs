using System.Buffers.Binary;

namespace PmSFC.Imaging.Formats;

/// <summary>WebP (RFC 9649): one image, lossy or lossless, with or without alpha; of an animation the first picture.</summary>
internal sealed class WebpFormat : ImageFormat
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;

    public override string Name => "WebP";

    public override IReadOnlyList<string> Extensions => [".webp"];

    public override bool Matches(ReadOnlySpan<byte> content) =>
        content.Length >= RiffHeader && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8);

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        var end = BinaryPrimitives.ReadUInt32LittleEndian(content[4..]) + 8L;
        if (end > content.Length)
            throw Truncated(name, $"after {content.Length} of {end} bytes");

        ImageHeader? header = null;
        var hasImage = false;
        int? orientation = null;
        byte[] profile = [];
        for (long at = RiffHeader; at + ChunkHeader <= end; )
        {
            var chunk = content[(int)at..(int)end];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - ChunkHeader)
                throw Truncated(name, $"inside the chunk at byte {at}");
            var data = chunk.Slice(ChunkHeader, (int)length);
            if (chunk.StartsWith("VP8X"u8))
                header ??= DescribeExtended(data, name);
            else if (chunk.StartsWith("VP8 "u8))
                header ??= DescribeLossy(data, name);
            else if (chunk.StartsWith("VP8L"u8))
                header ??= DescribeLossless(data, name);
            else if (chunk.StartsWith("EXIF"u8))
                orientation ??= ExifOrientation.Read(data);
            else if (chunk.StartsWith("ICCP"u8))
                profile = data.ToArray();
            hasImage |= chunk.StartsWith("VP8 "u8) || chunk.StartsWith("VP8L"u8) || chunk.StartsWith("ANMF"u8);
            at += ChunkHeader + length + (length & 1);
        }

        if (header is null || !hasImage)
            throw Damaged(name, "it has no image data");
        return header with { Orientation = orientation ?? ExifOrientation.Upright, ColourProfile = profile };
    }

    private static ImageHeader DescribeExtended(ReadOnlySpan<byte> data, string name)
    {
        if (data.Length < 10)
            throw Damaged(name, "its extended header is too short");
        return new ImageHeader(Side(data[4..]), Side(data[7..]));

        static int Side(ReadOnlySpan<byte> number) => (number[0] | number[1] << 8 | number[2] << 16) + 1;
    }

    private static ImageHeader DescribeLossy(ReadOnlySpan<byte> data, string name)
    {
        if (data.Length < 10)
            throw Damaged(name, "its image data is too short for a header");
        return new ImageHeader(
            BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3fff,
            BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3fff
        );
    }

    private static ImageHeader DescribeLossless(ReadOnlySpan<byte> data, string name)
    {
        if (data.Length < 5)
            throw Damaged(name, "its image data is too short for a header");
        var sides = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return new ImageHeader((int)(sides & 0x3fff) + 1, (int)((sides >> 14) & 0x3fff) + 1);
    }
}
