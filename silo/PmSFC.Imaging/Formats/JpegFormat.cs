using System.Buffers.Binary;
using PmSFC.Imaging.Skia;

namespace PmSFC.Imaging.Formats;

/// <summary>
/// JPEG (ITU-T T.81): segments are walked to the end-of-image marker, because the decoder fills what a truncated file lacks with gray.
/// </summary>
internal sealed class JpegFormat : ImageFormat
{
    private const byte MarkerStart = 0xff;
    private const byte StartOfImage = 0xd8;
    private const byte EndOfImage = 0xd9;
    private const byte StartOfScan = 0xda;
    private const byte NumberOfLines = 0xdc;
    private const byte JpegLs = 0xf7;
    private const byte App1 = 0xe1,
        App2 = 0xe2,
        App14 = 0xee;
    private const int AdobeTransform = 11;

    /// <summary>Programs write about ten. Each passes over all pixels, so that a small file of thousands would hold a processor for hours.</summary>
    private const int MaximumScans = 100;

    /// <summary>What stands behind a scan that is tried for its completeness: bits of no use to one that has all of its own.</summary>
    private static readonly byte[] Filler = MakeFiller();

    public override string Name => "JPEG";

    public override IReadOnlyList<string> Extensions => [".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"];

    public override bool Matches(ReadOnlySpan<byte> content) => content.StartsWith([MarkerStart, StartOfImage, MarkerStart]);

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        ImageHeader? header = null;
        var isSequential = false;
        int? orientation = null;
        var notes = new SortedSet<string>(StringComparer.Ordinal);
        var profile = new SortedDictionary<byte, byte[]>();
        byte[]? adobe = null;
        var components = 0;
        var scans = 0;
        var unscanned = new HashSet<byte>();
        foreach (var (marker, start, length, stray) in Segments(content, name))
        {
            var segment = content.Slice(start, length);
            if (stray > 0)
                notes.Add(ImageNotes.StrayBytes);
            if (IsFrame(marker) && header is null)
            {
                header = Describe(marker, segment, name);
                isSequential = marker is 0xc0 or 0xc1;
                components = segment[5];
                for (var at = 6; at < length; at += 3)
                    unscanned.Add(segment[at]);
            }
            else if (marker == StartOfScan)
            {
                scans++;
                for (var i = 0; length > 0 && i < segment[0] && 2 * i + 1 < length; i++)
                    unscanned.Remove(segment[2 * i + 1]);
                if (isSequential && !(length >= 3 && segment[^3..].SequenceEqual((ReadOnlySpan<byte>)[0, 63, 0])))
                    notes.Add(ImageNotes.ScanParameters);
            }
            else if (marker == NumberOfLines && length >= 2 && header is { Height: 0 })
                header = header with { Height = BinaryPrimitives.ReadUInt16BigEndian(segment) };
            else if (marker == App1 && segment.StartsWith("Exif\0"u8) && length > 6)
                orientation ??= ExifOrientation.Read(segment[6..]);
            else if (marker == App2 && segment.StartsWith("ICC_PROFILE\0"u8) && length > 14)
                profile.TryAdd(segment[12], segment[14..].ToArray());
            else if (marker == App2 && segment.StartsWith("MPF\0"u8))
                notes.Add(ImageNotes.OtherPictures);
            else if (marker == App14 && segment.StartsWith("Adobe"u8) && length > AdobeTransform)
                adobe ??= segment.ToArray();
        }

        if (header is null)
            throw Damaged(name, "it has no frame header");
        if (scans == 0)
            throw Damaged(name, "it has no image data");
        if (unscanned.Count > 0)
            throw Damaged(name, $"it has no image data of {unscanned.Count} of its {components} channels");
        if (scans > MaximumScans)
            throw new ImageException(name, $"is a JPEG of {scans} scans, more than the {MaximumScans} that are read; save it as PNG.");
        if (adobe is not null && (components, adobe[AdobeTransform]) is not ((not (3 or 4), _) or (3, 0 or 1) or (4, 0 or 2)))
            notes.Add(ImageNotes.AdobeTransform);
        return header with
        {
            Notes = [.. header.Notes, .. notes],
            Orientation = orientation ?? ExifOrientation.Upright,
            ColourProfile = [.. profile.Values.SelectMany(part => part)],
        };
    }

    /// <summary>
    /// Decodes twice, the second time with filler behind each stretch of entropy-coded data. One that is whole is done before the filler; one that
    /// was cut and closed by a marker takes it for pixels, where the first time it got the decoder's gray. An arithmetic code has no such end: what
    /// follows it always counts. A height that stands behind the data is put where the decoder looks for it.
    /// </summary>
    public override RgbaPixels Decode(ReadOnlySpan<byte> content, ImageHeader header, string name)
    {
        var frame = Segments(content, name).Find(segment => IsFrame(segment.Marker));
        if (BinaryPrimitives.ReadUInt16BigEndian(content[(frame.Start + 1)..]) == 0)
        {
            var mended = content.ToArray();
            BinaryPrimitives.WriteUInt16BigEndian(mended.AsSpan(frame.Start + 1), (ushort)header.Height);
            content = mended;
        }

        var pixels = base.Decode(content, header, name);
        return
            IsArithmetic(frame.Marker) || pixels.Values.AsSpan().SequenceEqual(base.Decode(WithFiller(content, name), header, name).Values)
            ? pixels
            : throw Truncated(name, "inside its image data");
    }

    private byte[] WithFiller(ReadOnlySpan<byte> content, string name)
    {
        using var result = new MemoryStream(content.Length + Filler.Length);
        var copied = 0;
        foreach (var scan in Segments(content, name))
        {
            if (scan.Marker != StartOfScan)
                continue;
            for (int at = scan.Start + scan.Length, code; ; at = code + 1)
            {
                code = NextCode(content, at);
                var end = FirstOfMarker(content, code);
                result.Write(content[copied..end]);
                result.Write(Filler);
                copied = end;
                if (!IsRestart(content[code]))
                    break;
            }
        }

        result.Write(content[copied..]);
        return result.ToArray();
    }

    private static byte[] MakeFiller()
    {
        var filler = new byte[64];
        var state = 1u;
        for (var i = 0; i < filler.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            filler[i] = (byte)(state >> 24 & 0x7f);
        }

        return filler;
    }

    private static ImageHeader Describe(byte marker, ReadOnlySpan<byte> frame, string name)
    {
        if (marker is not (>= 0xc0 and <= 0xc2) && !IsArithmetic(marker))
            throw new ImageException(name, "is a lossless or hierarchical JPEG, which is not read; save it as PNG.");
        if (frame.Length < 6)
            throw Damaged(name, "its frame header is too short");
        if (frame[0] != 8)
            throw new ImageException(name, $"is a JPEG of {frame[0]} bits a channel, of which only 8 are read; save it as PNG.");
        return new ImageHeader(BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), BinaryPrimitives.ReadUInt16BigEndian(frame[1..]))
        {
            Notes = frame[5] switch
            {
                1 => [ImageNotes.Gray],
                4 => [ImageNotes.Cmyk],
                _ => [],
            },
        };
    }

    /// <summary>The segments up to the end-of-image marker.</summary>
    private List<Segment> Segments(ReadOnlySpan<byte> content, string name)
    {
        var segments = new List<Segment>();
        for (var at = 2; ; )
        {
            var code = NextCode(content, at);
            while (code >= 0 && IsRestart(content[code]))
                code = NextCode(content, code + 1);
            if (code < 0)
                throw Truncated(name, $"after {content.Length} bytes, before its end marker");
            if (content[code] == EndOfImage)
                return segments;

            var stray = segments is [.., { Marker: StartOfScan }] ? 0 : FirstOfMarker(content, code) - at;
            at = code + 1;
            if (content.Length - at < 2)
                throw Truncated(name, $"after {content.Length} bytes, inside a segment's header");
            var length = BinaryPrimitives.ReadUInt16BigEndian(content[at..]);
            if (length < 2)
                throw Damaged(name, $"the segment at byte {at} has no valid length");
            if (length > content.Length - at)
                throw Truncated(name, $"after {content.Length} bytes, inside the segment at byte {at}");
            segments.Add(new Segment(content[code], at + 2, length - 2, stray));
            at += length;
        }
    }

    /// <summary>Where the next marker's code is, past entropy-coded data, stuffed zeros and fill bytes; -1 if none follows.</summary>
    private static int NextCode(ReadOnlySpan<byte> content, int at)
    {
        while (true)
        {
            var start = content[at..].IndexOf(MarkerStart);
            if (start < 0)
                return -1;
            at += start + 1;
            while (at < content.Length && content[at] == MarkerStart)
                at++;
            if (at == content.Length)
                return -1;
            if (content[at] != 0)
                return at;
        }
    }

    private static int FirstOfMarker(ReadOnlySpan<byte> content, int code)
    {
        var first = code;
        while (content[first - 1] == MarkerStart)
            first--;
        return first;
    }

    private static bool IsRestart(byte code) => code is >= 0xd0 and <= 0xd7;

    private static bool IsFrame(byte marker) => marker is JpegLs or >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);

    private static bool IsArithmetic(byte marker) => marker is 0xc9 or 0xca;

    /// <summary>A segment's marker, where its content lies, and how many bytes that belong to nothing are before it.</summary>
    private readonly record struct Segment(byte Marker, int Start, int Length, int Stray);
}
