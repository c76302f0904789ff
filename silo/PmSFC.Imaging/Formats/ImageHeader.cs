namespace PmSFC.Imaging.Formats;

/// <summary>What a file says of its image before it is decoded.</summary>
internal sealed record ImageHeader(int Width, int Height)
{
    /// <summary>What decoding does to arrive at 8-bit RGB.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>EXIF orientation, 1–8.</summary>
    public int Orientation { get; init; } = ExifOrientation.Upright;

    /// <summary>The one colour of an image without alpha that means transparent.</summary>
    public Rgb? Transparent { get; init; }
}
