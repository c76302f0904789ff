namespace PmSFC.Imaging;

/// <summary>Pictures made of pictures.</summary>
public static class ImageGrid
{
    /// <summary>Lays images of one size out row after row.</summary>
    /// <param name="images">At least one; all of one size. Cells that the last row has over keep the background.</param>
    /// <param name="columns">Images in a row, at least 1.</param>
    /// <param name="padding">Pixels of background around and between the images.</param>
    /// <param name="background">What shows between them.</param>
    /// <exception cref="ArgumentException">There is no image, or their sizes differ.</exception>
    public static RgbImage Compose(IReadOnlyList<RgbImage> images, int columns, int padding, Rgb background)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        if (images.Count == 0)
            throw new ArgumentException("A grid needs at least one image.", nameof(images));
        int cellWidth = images[0].Width,
            cellHeight = images[0].Height;
        if (images.FirstOrDefault(image => image.Width != cellWidth || image.Height != cellHeight) is { } other)
            throw new ArgumentException(
                $"A grid's images have one size, but one is {cellWidth}×{cellHeight} and another {other.Width}×{other.Height}.",
                nameof(images)
            );

        var rows = (images.Count + columns - 1) / columns;
        var width = checked(columns * (cellWidth + padding) + padding);
        var height = checked(rows * (cellHeight + padding) + padding);
        var pixels = Filled(width, height, background);
        for (var i = 0; i < images.Count; i++)
        {
            int left = padding + i % columns * (cellWidth + padding),
                top = padding + i / columns * (cellHeight + padding);
            for (var y = 0; y < cellHeight; y++)
                images[i].Pixels.Slice(3 * cellWidth * y, 3 * cellWidth).CopyTo(pixels.AsSpan(3 * ((top + y) * width + left)));
        }

        return RgbImage.Adopt(width, height, pixels);
    }

    /// <summary>Repeats every pixel <paramref name="factor"/> times in both directions.</summary>
    public static RgbImage Enlarge(RgbImage image, int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        int width = checked(image.Width * factor),
            height = checked(image.Height * factor);
        var pixels = new byte[checked(3 * width * height)];
        for (var y = 0; y < height; y++)
        {
            var row = image.Pixels.Slice(3 * image.Width * (y / factor), 3 * image.Width);
            for (var x = 0; x < width; x++)
                row.Slice(3 * (x / factor), 3).CopyTo(pixels.AsSpan(3 * (y * width + x)));
        }

        return RgbImage.Adopt(width, height, pixels);
    }

    private static byte[] Filled(int width, int height, Rgb colour)
    {
        var pixels = new byte[checked(3 * width * height)];
        for (var at = 0; at < pixels.Length; at += 3)
            (pixels[at], pixels[at + 1], pixels[at + 2]) = (colour.R, colour.G, colour.B);
        return pixels;
    }
}
