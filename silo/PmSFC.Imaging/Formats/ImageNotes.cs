namespace PmSFC.Imaging.Formats;

/// <summary>What is said of an image that was not 8-bit RGB.</summary>
internal static class ImageNotes
{
    public const string Gray = "gray, read as RGB with equal channels";
    public const string Palette = "palette, read as RGB";
    public const string SixteenBits = "16 bits a channel, scaled to 8";
    public const string Cmyk = "CMYK, converted to RGB without a colour profile";
}
