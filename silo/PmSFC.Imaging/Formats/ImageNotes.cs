namespace PmSFC.Imaging.Formats;

/// <summary>What is said of an image that was not 8-bit RGB, upright and alone.</summary>
internal static class ImageNotes
{
    public const string Alpha = "alpha composited over white";
    public const string NoAlpha = "alpha ignored, since it makes every pixel transparent";
    public const string SkippedPixels = "pixels that its run lengths skip filled with the palette's first colour";
    public const string Gray = "gray, read as RGB with equal channels";
    public const string Palette = "palette, read as RGB";
    public const string SixteenBits = "16 bits a channel, scaled to 8";
    public const string DeepFields = "more than 8 bits a channel, scaled to 8";
    public const string Cmyk = "CMYK, converted to RGB without a colour profile";
    public const string Profile = "embedded colour profile ignored, which is not sRGB";
    public const string OtherPictures = "the first of the pictures in the file";
    public const string StrayBytes = "stray bytes between its segments skipped";
    public const string ScanParameters = "odd scan parameters ignored";
    public const string AdobeTransform = "unknown Adobe colour transform ignored";
}
