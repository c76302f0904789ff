using System.Buffers.Binary;
using PmSFC.Imaging.Native;

namespace PmSFC.Imaging.Formats;

/// <summary>
/// JPEG (ITU-T T.81): segments are walked to the end-of-image marker, because libjpeg fills what a truncated file lacks with gray.
/// </summary>
internal sealed class JpegFormat : ImageFormat
{
    private const byte MarkerStart = 0xff;
    private const byte StartOfImage = 0xd8;
    private const byte EndOfImage = 0xd9;
    private const byte StartOfScan = 0xda;
    private const byte App1 = 0xe1;

    public override string Name => "JPEG";

    private static ReadOnlySpan<byte> ExifLabel => "Exif\0\0"u8;

    public override bool Matches(ReadOnlySpan<byte> content) => content.StartsWith([MarkerStart, StartOfImage, MarkerStart]);

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        ImageHeader? header = null;
        var orientation = ExifOrientation.Upright;
        var hasScan = false;
        for (var at = 2; ;)
        {
            at = NextMarker(content, at);
            if (at < 0) throw Truncated(name, $"after {content.Length} bytes, before its end marker");
            var marker = content[at++];
            if (marker == EndOfImage) break;
            if (content.Length - at < 2) throw Truncated(name, $"after {content.Length} bytes, inside a segment's header");
            var length = BinaryPrimitives.ReadUInt16BigEndian(content[at..]);
            if (length < 2) throw Damaged(name, $"the segment at byte {at} has no valid length");
            if (length > content.Length - at) throw Truncated(name, $"after {content.Length} bytes, inside the segment at byte {at}");
            var segment = content.Slice(at + 2, length - 2);
            at += length;

            if (IsFrame(marker)) header ??= Describe(segment, name);
            else if (marker == App1 && segment.StartsWith(ExifLabel)) orientation = ExifOrientation.Read(segment[ExifLabel.Length..]);
            else hasScan |= marker == StartOfScan;
        }

        if (header is null) throw Damaged(name, "it has no frame header");
        if (!hasScan) throw Damaged(name, "it has no image data");
        return header with { Orientation = orientation };
    }

    public override GdImage Decode(ReadOnlySpan<byte> content) => GdImage.FromJpeg(content);

    private ImageHeader Describe(ReadOnlySpan<byte> frame, string name)
    {
        if (frame.Length < 6) throw Damaged(name, "its frame header is too short");
        if (frame[0] != 8) throw new ImageException(name, $"is a JPEG of {frame[0]} bits a channel, of which only 8 are read; save it as PNG.");
        return new ImageHeader(BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), BinaryPrimitives.ReadUInt16BigEndian(frame[1..]))
        {
            Notes = frame[5] switch { 1 => [ImageNotes.Gray], 4 => [ImageNotes.Cmyk], _ => [] },
        };
    }

    /// <summary>Where the next marker's code is, past entropy-coded data, stuffed zeros, restart markers and fill bytes; -1 if none follows.</summary>
    private static int NextMarker(ReadOnlySpan<byte> content, int at)
    {
        while (true)
        {
            var start = content[at..].IndexOf(MarkerStart);
            if (start < 0) return -1;
            at += start + 1;
            while (at < content.Length && content[at] == MarkerStart) at++;
            if (at == content.Length) return -1;
            if (content[at] is not (0 or >= 0xd0 and <= 0xd7)) return at;
        }
    }

    private static bool IsFrame(byte marker) => marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);
}
