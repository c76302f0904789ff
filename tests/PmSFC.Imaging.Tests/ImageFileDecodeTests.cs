namespace PmSFC.Imaging.Tests;

public sealed class ImageFileDecodeTests
{
    private const string Gray = "gray, read as RGB with equal channels";
    private const string Alpha = "alpha composited over white";
    private const string Palette = "palette, read as RGB";

    [Theory]
    [InlineData("jpeg-colour.jpg", "JPEG", 2)]
    [InlineData("jpeg-progressive.jpg", "JPEG", 2)]
    [InlineData("jpeg-gray.jpg", "JPEG", 2, Gray)]
    [InlineData("jpeg-cmyk.jpg", "JPEG", 2, "CMYK, converted to RGB without a colour profile")]
    [InlineData("webp-lossless.webp", "WebP", 0)]
    [InlineData("webp-lossy.webp", "WebP", 2)]
    [InlineData("webp-alpha.webp", "WebP", 2, Alpha)]
    [InlineData("bmp-colour.bmp", "BMP", 0)]
    [InlineData("bmp-palette.bmp", "BMP", 0, Palette)]
    [InlineData("png-colour.png", "PNG", 0)]
    [InlineData("png-alpha.png", "PNG", 2, Alpha)]
    [InlineData("png-gray.png", "PNG", 0, Gray)]
    [InlineData("png-gray-alpha.png", "PNG", 2, Gray, Alpha)]
    [InlineData("png-palette.png", "PNG", 0, Palette)]
    [InlineData("png-one-bit.png", "PNG", 0, Gray)]
    public void Decode_FileOfEachKind_AgreesWithPillowAndSaysWhatWasDone(string file, string format, int tolerance, params string[] notes)
    {
        var decoded = ImageFile.Decode(TestImages.Content(file), file);

        decoded.Format.ShouldBe(format);
        decoded.Notes.ShouldBe(notes);
        (decoded.Image.Width, decoded.Image.Height).ShouldBe((24, 18));
        var expected = TestImages.Content(Path.ChangeExtension(file, ".rgb"));
        decoded.Image.Pixels.ToArray().Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(tolerance);
    }

    [Fact]
    public void Decode_SixteenBitRgbPng_IsScaledToEightBits()
    {
        var png = new PngBuilder(2, 1, 16, 2).Rows([0xff, 0xff, 0x80, 0x80, 0, 0, 0x12, 0x12, 0x34, 0x34, 0x56, 0x56]).Build();

        var decoded = ImageFile.Decode(png, "deep.png");

        decoded.Notes.ShouldBe(["16 bits a channel, scaled to 8"]);
        decoded.Image.Pixels.ToArray().ShouldBe([0xff, 0x80, 0, 0x12, 0x34, 0x56]);
    }

    [Fact]
    public void Decode_SixteenBitGrayPng_IsScaledToEightBits()
    {
        var png = new PngBuilder(2, 1, 16, 0).Rows([0xff, 0xff, 0x80, 0x80]).Build();

        var decoded = ImageFile.Decode(png, "deep.png");

        decoded.Notes.ShouldBe([Gray, "16 bits a channel, scaled to 8"]);
        decoded.Image.Pixels.ToArray().ShouldBe([0xff, 0xff, 0xff, 0x80, 0x80, 0x80]);
    }

    [Fact]
    public void Decode_RgbPngWithTransparentColour_ShowsWhiteThere()
    {
        var png = new PngBuilder(2, 1, 8, 2).Chunk("tRNS", 0, 10, 0, 20, 0, 30).Rows([10, 20, 30, 40, 50, 60]).Build();

        var decoded = ImageFile.Decode(png, "key.png");

        decoded.Notes.ShouldBe([Alpha]);
        decoded.Image.Pixels.ToArray().ShouldBe([255, 255, 255, 40, 50, 60]);
    }

    [Fact]
    public void Decode_PalettePngWithTranslucentEntry_IsCompositedOverWhite()
    {
        var png = new PngBuilder(2, 1, 8, 3).Chunk("PLTE", 0, 0, 0, 9, 8, 7).Chunk("tRNS", 0).Rows([0, 1]).Build();

        var decoded = ImageFile.Decode(png, "palette.png");

        decoded.Notes.ShouldBe([Palette, Alpha]);
        decoded.Image.Pixels.ToArray().ShouldBe([255, 255, 255, 9, 8, 7]);
    }

    [Fact]
    public void Decode_InterlacedPng_GivesItsPixels()
    {
        // A 3×2 image has pixels in Adam7's passes 1, 4, 6 and 7 only.
        var png = new PngBuilder(3, 2, 8, 0) { Interlaced = true }
            .Rows([10], [30], [20], [40, 50, 60])
            .Build();

        ImageFile
            .Decode(png, "interlaced.png")
            .Image.Pixels.ToArray()
            .Chunk(3)
            .Select(pixel => pixel[0])
            .ShouldBe([10, 20, 30, 40, 50, 60]);
    }

    [Fact]
    public void Decode_PngWithABrokenColourProfile_IgnoresIt()
    {
        var png = new PngBuilder(1, 1, 8, 2).Chunk("iCCP", 1, 2, 3).Rows([1, 2, 3]).Build();

        ImageFile.Decode(png, "profile.png").Image[0, 0].ShouldBe(new Rgb(1, 2, 3));
    }

    [Fact]
    public void Decode_OpaqueAlphaChannel_IsNotWorthANote()
    {
        var png = new PngBuilder(1, 1, 8, 6).Rows([1, 2, 3, 255]).Build();

        var decoded = ImageFile.Decode(png, "opaque.png");

        decoded.Notes.ShouldBeEmpty();
        decoded.Image[0, 0].ShouldBe(new Rgb(1, 2, 3));
    }

    [Fact]
    public void Decode_BytesAfterTheEndMarker_AreIgnored()
    {
        foreach (var file in (string[])["jpeg-colour.jpg", "png-colour.png"])
            ImageFile
                .Decode([.. TestImages.Content(file), 1, 2, 3], file)
                .Image.ShouldBe(ImageFile.Decode(TestImages.Content(file), file).Image);
    }
}
