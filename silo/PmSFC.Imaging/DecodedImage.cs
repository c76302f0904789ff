namespace PmSFC.Imaging;

/// <summary>An image read from a file.</summary>
/// <param name="Image">Its pixels, upright.</param>
/// <param name="Format">PNG, JPEG, WebP, BMP or GIF.</param>
/// <param name="Notes">What was done to arrive at 8-bit RGB; empty where the file already held that.</param>
public sealed record DecodedImage(RgbImage Image, string Format, IReadOnlyList<string> Notes);
