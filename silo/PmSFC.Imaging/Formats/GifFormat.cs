using System.Buffers.Binary;

namespace PmSFC.Imaging.Formats;

/// <summary>GIF (87a and 89a): its first picture.</summary>
internal sealed class GifFormat : ImageFormat
{
    private const int ScreenDescriptorEnd = 13;

    public override string Name => "GIF";

    public override IReadOnlyList<string> Extensions => [".gif"];

    public override bool Matches(ReadOnlySpan<byte> content) => content.StartsWith("GIF87a"u8) || content.StartsWith("GIF89a"u8);

    public override ImageHeader Inspect(ReadOnlySpan<byte> content, string name)
    {
        if (content.Length < ScreenDescriptorEnd)
            throw Truncated(name, $"after {content.Length} bytes, inside its header");
        return new ImageHeader(BinaryPrimitives.ReadUInt16LittleEndian(content[6..]), BinaryPrimitives.ReadUInt16LittleEndian(content[8..]))
        {
            Notes = [ImageNotes.Palette],
        };
    }
}
