using PmSFC.Imaging.Skia;

namespace PmSFC.Imaging.Formats;

/// <summary>A file format: how it is recognised, checked and decoded.</summary>
internal abstract class ImageFormat
{
    /// <summary>What people call it.</summary>
    public abstract string Name { get; }

    /// <summary>How names of its files end, with the dot, in lower case.</summary>
    public abstract IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether <paramref name="content"/> starts as files of this format do.</summary>
    public abstract bool Matches(ReadOnlySpan<byte> content);

    /// <summary>Reads what the file says of its image, and walks its structure as far as the decoder does not check it.</summary>
    /// <exception cref="ImageException">It is cut short, damaged, or of a kind that is not read.</exception>
    public abstract ImageHeader Inspect(ReadOnlySpan<byte> content, string name);

    /// <summary>Decodes what <see cref="Inspect"/> found in order.</summary>
    /// <exception cref="ImageException">The image data are cut short or damaged.</exception>
    public virtual RgbaPixels Decode(ReadOnlySpan<byte> content, ImageHeader header, string name) =>
        SkiaCodec.Decode(content, header.Width, header.Height, out var pixels) switch
        {
            DecodeOutcome.Whole => pixels!,
            DecodeOutcome.EndsEarly => throw Truncated(name, "inside its image data"),
            _ => throw new ImageException(
                name,
                $"is damaged, or of a kind that is not read: its {Name} data cannot be decoded to {header.Width}×{header.Height} pixels; save it again as PNG."
            ),
        };

    /// <summary>For a file that ends too early.</summary>
    protected ImageException Truncated(string name, string where) =>
        new(name, $"is truncated: the {Name} file ends {where}; fetch or save it again.");

    /// <summary>For a file whose parts contradict each other.</summary>
    protected static ImageException Damaged(string name, string what) => new(name, $"is damaged: {what}; fetch or save it again.");
}
