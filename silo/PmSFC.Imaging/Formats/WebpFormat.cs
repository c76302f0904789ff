using System.Buffers.Binary;
using PmSFC.Imaging.Native;

namespace PmSFC.Imaging.Formats;

/// <summary>WebP (RFC 9649): one image, lossy or lossless, with or without alpha; no animation.</summary>
internal sealed class WebpFormat : ImageFormat
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;
    private const byte AnimationFlag = 2;

    public override string Name => "WebP";

    public override bool Matches(ReadOnlySpan<byte> content) =>
        content.Length >= RiffHeader && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8);

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        var end = BinaryPrimitives.ReadUInt32LittleEndian(content[4..]) + 8L;
        if (end > content.Length) throw Truncated(name, $"after {content.Length} of {end} bytes");

        ImageHeader? header = null;
        var orientation = ExifOrientation.Upright;
        for (long at = RiffHeader; at + ChunkHeader <= end;)
        {
            var chunk = content[(int)at..(int)end];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - ChunkHeader) throw Truncated(name, $"inside the chunk at byte {at}");
            var data = chunk.Slice(ChunkHeader, (int)length);
            if (chunk.StartsWith("VP8X"u8) && data.Length > 0 && (data[0] & AnimationFlag) != 0)
                throw new ImageException(name, "is an animated WebP; save one frame of it as PNG.");
            if (chunk.StartsWith("VP8 "u8)) header ??= DescribeLossy(data, name);
            else if (chunk.StartsWith("VP8L"u8)) header ??= DescribeLossless(data, name);
            else if (chunk.StartsWith("EXIF"u8)) orientation = ExifOrientation.Read(data);
            at += ChunkHeader + length + (length & 1);
        }

        if (header is null) throw Damaged(name, "it has no image data");
        return header with { Orientation = orientation };
    }

    public override GdImage Decode(ReadOnlySpan<byte> content) => GdImage.FromWebp(content);

    private ImageHeader DescribeLossy(ReadOnlySpan<byte> data, string name)
    {
        if (data.Length < 10) throw Damaged(name, "its image data is too short for a header");
        return new ImageHeader(
            BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3fff, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3fff);
    }

    private ImageHeader DescribeLossless(ReadOnlySpan<byte> data, string name)
    {
        if (data.Length < 5) throw Damaged(name, "its image data is too short for a header");
        var sides = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return new ImageHeader((int)(sides & 0x3fff) + 1, (int)((sides >> 14) & 0x3fff) + 1);
    }
}
