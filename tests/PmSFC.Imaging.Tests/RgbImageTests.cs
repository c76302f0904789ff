using System.Security.Cryptography;
using System.Text;

namespace PmSFC.Imaging.Tests;

public sealed class RgbImageTests
{
    [Fact]
    public void ContentId_KnownImage_IsHashOfSizeAndPixels()
    {
        var image = new RgbImage(2, 1, [1, 2, 3, 4, 5, 6]);

        // printf 'rgb8\n2x1\n\1\2\3\4\5\6' | sha256sum | cut -c-32
        image.ContentId.ShouldBe("7e29200539250a4203aa2c1ae96354ad");
        image.ContentId.ShouldBe(
            Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes("rgb8\n2x1\n"), 1, 2, 3, 4, 5, 6]))[..32]
        );
    }

    [Fact]
    public void ContentId_SamePixelsInAnotherShape_Differs() =>
        new RgbImage(2, 1, new byte[6]).ContentId.ShouldNotBe(new RgbImage(1, 2, new byte[6]).ContentId);

    [Fact]
    public void ContentId_SamePixelsFromPngBmpAndWebp_IsTheSame()
    {
        var png = ImageFile.Decode(TestImages.Content("png-colour.png"), "a").Image;

        ImageFile.Decode(TestImages.Content("bmp-colour.bmp"), "b").Image.ContentId.ShouldBe(png.ContentId);
        ImageFile.Decode(TestImages.Content("webp-lossless.webp"), "c").Image.ContentId.ShouldBe(png.ContentId);
    }

    [Fact]
    public void Constructor_ArrayChangedAfterwards_KeepsItsPixels()
    {
        byte[] pixels = [1, 2, 3];
        var image = new RgbImage(1, 1, pixels);

        pixels[0] = 9;

        image[0, 0].ShouldBe(new Rgb(1, 2, 3));
    }

    [Fact]
    public void Equals_SamePixels_IsTrueAndOnlyThen()
    {
        TestImages.Noise(3, 2, 1).ShouldBe(TestImages.Noise(3, 2, 1));
        TestImages.Noise(3, 2, 1).GetHashCode().ShouldBe(TestImages.Noise(3, 2, 1).GetHashCode());
        TestImages.Noise(3, 2, 1).ShouldNotBe(TestImages.Noise(3, 2, 2));
        new RgbImage(2, 1, new byte[6]).ShouldNotBe(new RgbImage(1, 2, new byte[6]));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, -1)]
    public void Constructor_SideBelowOne_Throws(int width, int height) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RgbImage(width, height, []));

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void Constructor_WrongNumberOfBytes_SaysBoth(int bytes) =>
        Should
            .Throw<ArgumentException>(() => new RgbImage(2, 1, new byte[bytes]))
            .Message.ShouldContain($"2×1 pixels has 6 bytes, but {bytes} were given");

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 1)]
    [InlineData(-1, 0)]
    public void Indexer_OutsideTheImage_Throws(int x, int y) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RgbImage(2, 1, new byte[6])[x, y]);
}
