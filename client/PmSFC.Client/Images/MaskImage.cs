using PmSFC.Imaging;

namespace PmSFC.Client.Images;

/// <summary>A mask's picture at a generator's resolution: white is lost, black is kept.</summary>
internal static class MaskImage
{
    private const int Threshold = 128;
    private const int Tolerance = 64;
    private const double MostUndecided = 0.1;

    /// <summary>
    /// Takes the largest central square, as target images are cropped, and of it the nearest pixel for each pixel of the mask; what is darker than
    /// half becomes black, the rest white.
    /// </summary>
    /// <param name="picture">Of any size.</param>
    /// <param name="resolution">The mask's side in pixels.</param>
    /// <param name="name">What messages call the picture.</param>
    /// <exception cref="ImageException">It loses everything or nothing, or is not a black and white picture.</exception>
    public static RgbImage Prepare(RgbImage picture, int resolution, string name)
    {
        var side = Math.Min(picture.Width, picture.Height);
        int left = (picture.Width - side) / 2,
            top = (picture.Height - side) / 2;
        var levels = new int[resolution * resolution];
        for (var i = 0; i < levels.Length; i++)
        {
            var pixel = picture[left + Nearest(i % resolution), top + Nearest(i / resolution)];
            levels[i] = (pixel.R + pixel.G + pixel.B) / 3;
        }

        if (levels.Count(level => level >= Tolerance && level < 256 - Tolerance) > MostUndecided * levels.Length)
            throw new ImageException(
                name,
                "is not a mask: more than a tenth of it is neither black nor white; paint white what is lost and black what is kept."
            );
        var lost = levels.Count(level => level >= Threshold);
        if (lost == 0)
            throw new ImageException(name, "is black all over, so that nothing of an image is lost; paint white what is lost.");
        if (lost == levels.Length)
            throw new ImageException(name, "is white all over, so that nothing of an image is kept; paint black what is kept.");
        return new RgbImage(
            resolution,
            resolution,
            [.. levels.SelectMany(level => Enumerable.Repeat((byte)(level >= Threshold ? 255 : 0), 3))]
        );

        int Nearest(int target) => (int)((2L * target + 1) * side / (2L * resolution));
    }
}
