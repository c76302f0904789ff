namespace PmSFC.Imaging.Formats;

/// <summary>What a file says of its image before it is decoded.</summary>
internal sealed record ImageHeader(int Width, int Height)
{
    /// <summary>What decoding does to arrive at 8-bit RGB.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>EXIF orientation, 1–8.</summary>
    public int Orientation { get; init; } = ExifOrientation.Upright;

    /// <summary>The ICC profile that the file embeds; empty if it has none.</summary>
    public byte[] ColourProfile { get; init; } = [];
}
