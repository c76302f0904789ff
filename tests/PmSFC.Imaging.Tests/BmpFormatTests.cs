namespace PmSFC.Imaging.Tests;

public sealed class BmpFormatTests
{
    private const int Width = 7,
        Height = 5;

    public static TheoryData<int, int> PalettesAndHeaders()
    {
        var data = new TheoryData<int, int>();
        foreach (var header in (int[])[12, 40, 52, 56, 64, 108, 124])
        foreach (var bits in (int[])[1, 4, 8])
            data.Add(header, bits);
        return data;
    }

    [Theory]
    [MemberData(nameof(PalettesAndHeaders))]
    public void Decode_Palette_GivesItsColours(int header, int bits)
    {
        var palette = Enumerable.Range(0, 1 << bits).Select(i => new Rgb((byte)(i * 37 + 5), (byte)(255 - i), (byte)(i * 91))).ToArray();
        var indices = Numbers(1u << bits);

        foreach (var fromTheTop in header == 12 ? (bool[])[false] : [false, true])
            Pixels(
                    new BmpBuilder(Width, Height, bits)
                    {
                        Header = header,
                        Palette = palette,
                        FromTheTop = fromTheTop,
                    }.Build(indices)
                )
                .ShouldBe(indices.Select(index => palette[index]), $"from the top: {fromTheTop}");
    }

    [Theory]
    [InlineData(12)]
    [InlineData(40)]
    [InlineData(52)]
    [InlineData(56)]
    [InlineData(64)]
    [InlineData(108)]
    [InlineData(124)]
    public void Decode_TwentyFourBits_GivesItsColours(int header)
    {
        var colours = Numbers(1 << 24);

        Pixels(new BmpBuilder(Width, Height, 24) { Header = header }.Build(colours))
            .ShouldBe(colours.Select(colour => new Rgb((byte)(colour >> 16), (byte)(colour >> 8), (byte)colour)));
    }

    [Theory]
    [InlineData(40, 0xf800u, 0x7e0u, 0x1fu)]
    [InlineData(40, 0x7c00u, 0x3e0u, 0x1fu)]
    [InlineData(56, 0xf800u, 0x7e0u, 0x1fu)]
    [InlineData(124, 0xf00u, 0xf0u, 0xfu)]
    [InlineData(108, 0x1fu, 0x7e0u, 0xf800u)]
    public void Decode_SixteenBitFields_AreScaledToTheNearestLevel(int header, uint red, uint green, uint blue)
    {
        var values = Numbers(1 << 16);

        Pixels(new BmpBuilder(Width, Height, 16) { Header = header, Masks = Masks(header, red, green, blue) }.Build(values))
            .ShouldBe(values.Select(value => new Rgb(Level(value, red), Level(value, green), Level(value, blue))));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(124)]
    public void Decode_SixteenBitsWithoutMasks_AreFiveFiveFive(int header)
    {
        var values = Numbers(1 << 16);

        Pixels(new BmpBuilder(Width, Height, 16) { Header = header }.Build(values))
            .ShouldBe(values.Select(value => new Rgb(Level(value, 0x7c00), Level(value, 0x3e0), Level(value, 0x1f))));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(52)]
    [InlineData(124)]
    public void Decode_ThirtyTwoBitFields_GiveTheirColours(int header)
    {
        var values = Numbers(uint.MaxValue);

        Pixels(new BmpBuilder(Width, Height, 32) { Header = header, Masks = Masks(header, 0xff, 0xff00, 0xff0000) }.Build(values))
            .ShouldBe(values.Select(value => new Rgb((byte)value, (byte)(value >> 8), (byte)(value >> 16))));
    }

    [Theory]
    [InlineData(56)]
    [InlineData(108)]
    [InlineData(124)]
    public void Decode_AlphaMask_IsCompositedOverWhiteToTheNearestLevel(int header)
    {
        var values = Numbers(uint.MaxValue);

        var decoded = ImageFile.Decode(
            new BmpBuilder(Width, Height, 32) { Header = header, Masks = [0xff0000, 0xff00, 0xff, 0xff000000] }.Build(values),
            "alpha.bmp"
        );

        decoded.Notes.ShouldBe(["alpha composited over white"]);
        Colours(decoded.Image)
            .ShouldBe(values.Select(value => new Rgb(Over(value >> 16, value), Over(value >> 8, value), Over(value, value))));

        static byte Over(uint channel, uint value)
        {
            double alpha = value >> 24;
            return (byte)Math.Round(((byte)channel * alpha + 255 * (255 - alpha)) / 255);
        }
    }

    [Fact]
    public void Decode_TenBitFields_AreNotedAndWithinALevel()
    {
        var values = Numbers(1u << 30);

        var decoded = ImageFile.Decode(
            new BmpBuilder(Width, Height, 32) { Header = 124, Masks = [0x3ff00000, 0xffc00, 0x3ff, 0] }.Build(values),
            "deep.bmp"
        );

        decoded.Notes.ShouldBe(["more than 8 bits a channel, scaled to 8"]);
        decoded
            .Image.Pixels.ToArray()
            .Zip(values.SelectMany(value => (uint[])[value >> 20, value >> 10 & 0x3ff, value & 0x3ff]), (a, b) =>
                Math.Abs(a - b * 255.0 / 1023)
            )
            .Max()
            .ShouldBeLessThan(1);
    }

    [Fact]
    public void Decode_RunLengths_AreReadAsWritten()
    {
        var palette = Enumerable.Range(0, 256).Select(i => new Rgb((byte)i, (byte)(255 - i), 7)).ToArray();

        // Two rows from the bottom: a run of 3 and of 2; five pixels as they are, padded; the end.
        byte[] eight = [3, 10, 2, 20, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 1];
        Pixels(new BmpBuilder(5, 2, 8) { Palette = palette, Compression = 1 }.Build(eight))
            .ShouldBe(((byte[])[1, 2, 3, 4, 5, 10, 10, 10, 20, 20]).Select(i => palette[i]));

        // A run alternates between its two nibbles.
        byte[] four = [5, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 0, 0, 0, 1];
        Pixels(new BmpBuilder(5, 2, 4) { Palette = palette[..16], Compression = 2 }.Build(four))
            .ShouldBe(((byte[])[3, 4, 5, 6, 7, 1, 2, 1, 2, 1]).Select(i => palette[i]));
    }

    [Theory]
    [InlineData(12, 8)]
    [InlineData(12, 4)]
    [InlineData(40, 8)]
    [InlineData(124, 2)]
    public void Decode_PaletteOfFewColours_GivesThemAndBlackBeyond(int header, int bits)
    {
        Rgb[] palette = [new Rgb(9, 8, 7), new Rgb(6, 5, 4), new Rgb(3, 2, 1)];
        var indices = Numbers(1u << bits);

        Pixels(new BmpBuilder(Width, Height, bits) { Header = header, Palette = palette }.Build(indices))
            .ShouldBe(indices.Select(index => index < palette.Length ? palette[index] : Rgb.Black));
    }

    [Theory]
    [InlineData(56, 32, 0xff0000u, 0xff00u, 0xffu, 0xff000000u)]
    [InlineData(108, 32, 0xff0000u, 0xff00u, 0xffu, 0xff000000u)]
    [InlineData(124, 16, 0x7c00u, 0x3e0u, 0x1fu, 0x8000u)]
    public void Decode_AlphaThatIsZeroEverywhere_IsIgnoredAndNoted(int header, int bits, uint red, uint green, uint blue, uint alpha)
    {
        var values = Numbers(red | green | blue);

        var decoded = ImageFile.Decode(
            new BmpBuilder(Width, Height, bits) { Header = header, Masks = [red, green, blue, alpha] }.Build(values),
            "alpha.bmp"
        );

        decoded.Notes.ShouldBe(["alpha ignored, since it makes every pixel transparent"]);
        Colours(decoded.Image).ShouldBe(values.Select(value => new Rgb(Level(value, red), Level(value, green), Level(value, blue))));
    }

    [Fact]
    public void Decode_FourMasksBehindAHeaderOf40Bytes_CompositesAlpha()
    {
        var values = Numbers(uint.MaxValue);
        var masks = (uint[])[0xff0000, 0xff00, 0xff, 0xff000000];

        Pixels(new BmpBuilder(Width, Height, 32) { Masks = masks, Compression = 6 }.Build(values))
            .ShouldBe(Pixels(new BmpBuilder(Width, Height, 32) { Header = 124, Masks = masks }.Build(values)));
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(4, 2)]
    public void Decode_PixelsThatRunLengthsSkip_HaveThePalettesFirstColour(int bits, uint compression)
    {
        Rgb[] palette = [new Rgb(9, 8, 7), new Rgb(6, 5, 4)];

        // Of the lower row two pixels; then one right and one up; there one pixel; the end.
        var second = (byte)(bits == 8 ? 1 : 0x11);
        byte[] data = [2, second, 0, 2, 1, 1, 1, second, 0, 1];
        var decoded = ImageFile.Decode(
            new BmpBuilder(5, 2, bits) { Palette = palette, Compression = compression }.Build(data),
            "skips.bmp"
        );

        decoded.Notes.ShouldBe(["palette, read as RGB", "pixels that its run lengths skip filled with the palette's first colour"]);
        Colours(decoded.Image).ShouldBe(((int[])[0, 0, 0, 1, 0, 1, 1, 0, 0, 0]).Select(i => palette[i]));
    }

    [Fact]
    public void Decode_FilesCutShort_AreRefused()
    {
        var content = new BmpBuilder(Width, Height, 16) { Header = 124, Masks = [0xf800, 0x7e0, 0x1f, 0] }.Build(Numbers(1 << 16));

        for (var length = 30; length < content.Length; length++)
            Should
                .Throw<ImageException>(() => ImageFile.Decode(content.AsSpan(0, length), "cut.bmp"))
                .Message.ShouldStartWith("cut.bmp is truncated");
    }

    private static uint[] Masks(int header, params uint[] masks) => header >= 56 ? [.. masks, 0] : masks;

    private static uint[] Numbers(uint below)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Width * Height).Select(_ => (uint)random.NextInt64(below))];
    }

    private static byte Level(uint value, uint mask) => (byte)Math.Round((value & mask) * 255.0 / mask);

    private static IEnumerable<Rgb> Pixels(byte[] content) => Colours(ImageFile.Decode(content, "picture.bmp").Image);

    private static IEnumerable<Rgb> Colours(RgbImage image) =>
        image.Pixels.ToArray().Chunk(3).Select(pixel => new Rgb(pixel[0], pixel[1], pixel[2]));
}
