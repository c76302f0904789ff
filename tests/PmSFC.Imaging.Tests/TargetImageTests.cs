using FsCheck;
using FsCheck.Xunit;

namespace PmSFC.Imaging.Tests;

public sealed class TargetImageTests
{
    [Fact]
    public void Prepare_ImageOfTheResolution_IsUntouched()
    {
        var image = TestImages.Noise(8, 8, 1);

        var target = TargetImage.Prepare(image, 8, "face.png");

        target.Image.ShouldBeSameAs(image);
        target.Note.ShouldBe("8×8, used as it is");
    }

    [Fact]
    public void Prepare_TwiceTheResolution_AveragesFourPixelsAndRoundsHalfToEven()
    {
        byte[] gray = [0, 1, 2, 3, 0, 1, 2, 3, 0, 0, 255, 255, 1, 1, 254, 254];

        var target = TargetImage.Prepare(Gray(4, 4, gray), 2, "face.png");

        // Means 0.5, 2.5, 0.5, 254.5.
        target.Image.ShouldBe(Gray(2, 2, 0, 2, 0, 254));
        target.Note.ShouldBe("4×4, area-averaged to 2×2");
    }

    [Fact]
    public void Prepare_ThreeToTwo_WeighsPartlyCoveredPixels()
    {
        byte[] gray = [90, 30, 60, 0, 120, 240, 30, 60, 90];

        var target = TargetImage.Prepare(Gray(3, 3, gray), 2, "face.png");

        // (a + b/2 + d/2 + e/4) / 2.25 for each corner, by hand: 135/2.25, 225/2.25, 90/2.25, 270/2.25.
        target.Image.ShouldBe(Gray(2, 2, 60, 100, 40, 120));
    }

    [Fact]
    public void Prepare_CelebAPhotograph_CropsTheLargestCentralSquare()
    {
        var image = TestImages.Draw(89, 109, (x, y) => new Rgb((byte)x, (byte)y, 7));

        var target = TargetImage.Prepare(image, 89, "face.jpg");

        target.Note.ShouldBe("89×109, centre-cropped to 89×89");
        target.Image[0, 0].ShouldBe(new Rgb(0, 10, 7));
        target.Image[88, 88].ShouldBe(new Rgb(88, 98, 7));
        TargetImage.Prepare(image, 64, "face.jpg").Note.ShouldBe("89×109, centre-cropped to 89×89, area-averaged to 64×64");
    }

    [Fact]
    public void Prepare_WideImageWithAnOddPixelOver_LeavesItAtTheRight() =>
        TargetImage.Prepare(Gray(4, 1, 1, 2, 3, 4), 1, "wide.png").Image.ShouldBe(Gray(1, 1, 2));

    [Property(MaxTest = 60)]
    public void Prepare_ConstantImage_StaysConstant(PositiveInt side, PositiveInt resolution, byte r, byte g, byte b)
    {
        var target = resolution.Get % 20 + 1;
        var image = TestImages.Constant(target + side.Get % 50, target + side.Get % 30, new Rgb(r, g, b));

        TargetImage.Prepare(image, target, "constant").Image.ShouldBe(TestImages.Constant(target, target, new Rgb(r, g, b)));
    }

    [Property(MaxTest = 60)]
    public void Prepare_AnyImage_AgreesWithSubpixelSampling(PositiveInt side, PositiveInt resolution, int seed)
    {
        var target = resolution.Get % 6 + 1;
        var image = TestImages.Noise(target + side.Get % 12, target + side.Get % 12, seed);

        // Every source pixel repeated `target` times makes each target pixel a plain mean of whole pixels.
        var fine = ImageGrid.Enlarge(image, target);
        var block = image.Width;
        var expected = TestImages.Draw(target, target, (x, y) =>
        {
            var sums = new long[3];
            for (var v = y * block; v < (y + 1) * block; v++)
            for (var u = x * block; u < (x + 1) * block; u++)
                (sums[0], sums[1], sums[2]) = (sums[0] + fine[u, v].R, sums[1] + fine[u, v].G, sums[2] + fine[u, v].B);
            var means = sums.Select(sum => (byte)Math.Round((decimal)sum / (block * block), MidpointRounding.ToEven)).ToArray();
            return new Rgb(means[0], means[1], means[2]);
        });

        TargetImage.Prepare(image, target, "noise").Image.ShouldBe(expected);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(63, 64)]
    [InlineData(640, 40)]
    public void Prepare_SideSmallerThanTheResolution_IsRefused(int width, int height) =>
        Should
            .Throw<ImageException>(() => TargetImage.Prepare(TestImages.Noise(width, height, 1), 64, "small.png"))
            .Message.ShouldBe(
                $"small.png is {width}×{height} pixels, too small for the generator's 64×64; use a larger image or a generator of lower resolution."
            );

    private static RgbImage Gray(int width, int height, params byte[] values) =>
        new(width, height, values.SelectMany(value => (byte[])[value, value, value]).ToArray());
}
