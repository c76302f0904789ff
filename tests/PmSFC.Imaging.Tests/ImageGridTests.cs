using FsCheck;
using FsCheck.Xunit;

namespace PmSFC.Imaging.Tests;

public sealed class ImageGridTests
{
    [Fact]
    public void Compose_ThreeImagesInTwoColumns_LaysThemOutOnTheBackground()
    {
        RgbImage[] images =
        [
            TestImages.Constant(2, 1, new Rgb(1, 1, 1)),
            TestImages.Constant(2, 1, new Rgb(2, 2, 2)),
            TestImages.Constant(2, 1, new Rgb(3, 3, 3)),
        ];

        var grid = ImageGrid.Compose(images, columns: 2, padding: 1, new Rgb(9, 9, 9));

        (grid.Width, grid.Height).ShouldBe((7, 5));
        var red = Enumerable.Range(0, 35).Select(i => grid.Pixels[3 * i]).ToArray();
        red.ShouldBe([9, 9, 9, 9, 9, 9, 9, 9, 1, 1, 9, 2, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9, 3, 3, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
    }

    [Fact]
    public void Compose_OneImageWithoutPadding_IsThatImage() =>
        ImageGrid.Compose([TestImages.Noise(4, 3, 1)], 1, 0, Rgb.White).ShouldBe(TestImages.Noise(4, 3, 1));

    [Fact]
    public void Compose_DifferentSizes_SaysWhich() =>
        Should
            .Throw<ArgumentException>(() => ImageGrid.Compose([TestImages.Noise(4, 3, 1), TestImages.Noise(3, 4, 1)], 2, 0, Rgb.Black))
            .Message.ShouldContain("one is 4×3 and another 3×4");

    [Fact]
    public void Compose_NoImage_Throws() => Should.Throw<ArgumentException>(() => ImageGrid.Compose([], 2, 0, Rgb.Black));

    [Property(MaxTest = 40)]
    public void Enlarge_AnyImage_RepeatsItsPixels(PositiveInt width, PositiveInt height, PositiveInt factor, int seed)
    {
        var image = TestImages.Noise(width.Get % 9 + 1, height.Get % 9 + 1, seed);
        var times = factor.Get % 5 + 1;

        ImageGrid
            .Enlarge(image, times)
            .ShouldBe(TestImages.Draw(image.Width * times, image.Height * times, (x, y) => image[x / times, y / times]));
    }
}
