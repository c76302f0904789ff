namespace PmSFC.Imaging;

/// <summary>An image at a generator's resolution.</summary>
/// <param name="Image"><c>resolution × resolution</c> pixels.</param>
/// <param name="Note">What was done to the source.</param>
public sealed record TargetImage(RgbImage Image, string Note)
{
    /// <summary>
    /// Crops the largest central square (an odd pixel over stays right or below) and averages it down: each target pixel is the mean of the
    /// source area that it covers, partly covered pixels weighted by their share, rounded half to even. An image that already has the resolution
    /// is returned as it is.
    /// </summary>
    /// <param name="image">The source, both sides at least <paramref name="resolution"/>.</param>
    /// <param name="resolution">The target's side in pixels, at least 1.</param>
    /// <param name="name">What messages call the source.</param>
    /// <exception cref="ImageException">A side is smaller than the resolution: enlarging would invent detail.</exception>
    public static TargetImage Prepare(RgbImage image, int resolution, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, 1);
        var side = Math.Min(image.Width, image.Height);
        if (side < resolution)
            throw new ImageException(
                name,
                $"is {image.Width}×{image.Height} pixels, too small for the generator's {resolution}×{resolution}; use a larger image or a generator of lower resolution."
            );
        if (image.Width == resolution && image.Height == resolution)
            return new TargetImage(image, $"{resolution}×{resolution}, used as it is");

        var steps = new List<string> { $"{image.Width}×{image.Height}" };
        if (image.Width != image.Height)
            steps.Add($"centre-cropped to {side}×{side}");
        if (side != resolution)
            steps.Add($"area-averaged to {resolution}×{resolution}");
        return new TargetImage(Average(Crop(image, side), resolution), string.Join(", ", steps));
    }

    private static RgbImage Crop(RgbImage image, int side)
    {
        if (image.Width == image.Height)
            return image;
        int left = (image.Width - side) / 2,
            top = (image.Height - side) / 2;
        var pixels = new byte[3 * side * side];
        for (var y = 0; y < side; y++)
            image.Pixels.Slice(3 * ((top + y) * image.Width + left), 3 * side).CopyTo(pixels.AsSpan(3 * side * y));
        return RgbImage.Adopt(side, side, pixels);
    }

    /// <summary>
    /// A source pixel is <paramref name="resolution"/> units wide and a target pixel <c>side</c> units, so that all weights are whole numbers and
    /// every sum is exact in double precision.
    /// </summary>
    private static RgbImage Average(RgbImage image, int resolution)
    {
        var side = image.Width;
        if (side == resolution)
            return image;

        var source = image.Pixels;
        var rows = new double[3 * resolution * side];
        for (var target = 0; target < resolution; target++)
        for (var column = FirstCovered(target); column < EndCovered(target); column++)
        {
            var weight = Weight(target, column);
            for (var y = 0; y < side; y++)
            for (var c = 0; c < 3; c++)
                rows[3 * (y * resolution + target) + c] += weight * source[3 * (y * side + column) + c];
        }

        var sums = new double[3 * resolution * resolution];
        for (var target = 0; target < resolution; target++)
        for (var row = FirstCovered(target); row < EndCovered(target); row++)
        {
            var weight = Weight(target, row);
            for (var i = 0; i < 3 * resolution; i++)
                sums[3 * resolution * target + i] += weight * rows[3 * resolution * row + i];
        }

        var area = (double)side * side;
        return RgbImage.Adopt(resolution, resolution, Array.ConvertAll(sums, sum => (byte)Math.Round(sum / area, MidpointRounding.ToEven)));

        int FirstCovered(int target) => (int)((long)target * side / resolution);

        int EndCovered(int target) => (int)(((long)(target + 1) * side + resolution - 1) / resolution);

        double Weight(int target, int covered) =>
            Math.Min((long)(target + 1) * side, (long)(covered + 1) * resolution)
            - Math.Max((long)target * side, (long)covered * resolution);
    }
}
