using PmSFC.Imaging;

namespace PmSFC.Client.Reports;

/// <summary>An image as a report shows it: at most 256 pixels a side; lossless up to 128, else JPEG.</summary>
/// <param name="Pixels">The pixels shown.</param>
/// <param name="MediaType">MIME type of <paramref name="Content"/>.</param>
/// <param name="Content">The encoded file.</param>
internal sealed record ShownImage(RgbImage Pixels, string MediaType, ReadOnlyMemory<byte> Content)
{
    /// <summary>Largest side shown.</summary>
    public const int MaximumSide = 256;

    private const int MaximumLosslessSide = 128;
    private const int JpegQuality = 92;

    /// <summary>The image of a stored PNG.</summary>
    /// <exception cref="ImageException">The content is no image.</exception>
    public static ShownImage FromPng(ReadOnlyMemory<byte> png, string name)
    {
        var image = ImageFile.Decode(png.Span, name).Image;
        if (Math.Max(image.Width, image.Height) <= MaximumLosslessSide)
            return new ShownImage(image, "image/png", png);
        var shown = Math.Min(image.Width, image.Height) > MaximumSide ? TargetImage.Prepare(image, MaximumSide, name).Image : image;
        return new ShownImage(shown, "image/jpeg", ImageFile.EncodeJpeg(shown, JpegQuality));
    }
}
