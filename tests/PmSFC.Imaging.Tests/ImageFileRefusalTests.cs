using System.Buffers.Binary;
using System.Text;

namespace PmSFC.Imaging.Tests;

public sealed class ImageFileRefusalTests
{
    [Fact]
    public void Decode_TextNamedPng_QuotesItsStart() =>
        Refusal("hello world"u8).ShouldBe("face.png is not an image: it starts with 'hello wo', expected PNG, JPEG, WebP, BMP or GIF.");

    [Fact]
    public void Decode_UnknownBinary_ShowsItsFirstBytes() =>
        Refusal([0x1f, 0x8b, 0x08])
            .ShouldBe("face.png is not an image: it starts with the bytes 1F 8B 08, expected PNG, JPEG, WebP, BMP or GIF.");

    [Fact]
    public void Decode_NoBytes_SaysEmpty() => Refusal([]).ShouldBe("face.png is empty (0 bytes); fetch or save the image again.");

    [Theory]
    [InlineData("png-colour.png")]
    [InlineData("png-alpha.png")]
    [InlineData("jpeg-colour.jpg")]
    [InlineData("jpeg-progressive.jpg")]
    [InlineData("jpeg-gray.jpg")]
    [InlineData("webp-lossy.webp")]
    [InlineData("webp-lossless.webp")]
    [InlineData("bmp-colour.bmp")]
    [InlineData("bmp-palette.bmp")]
    public void Decode_FileCutShortAnywhere_IsRefused(string file)
    {
        var content = TestImages.Content(file);
        for (var length = 1; length < content.Length; length++)
        {
            var message = Refusal(content.AsSpan(0, length));
            if (length >= 64)
                message.ShouldContain("is truncated", customMessage: $"{file} cut to {length} bytes");
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void Decode_JpegCutInItsScanAndClosedByAnEndMarker_IsRefused(double share)
    {
        var content = ImageFile.EncodeJpeg(TestImages.Noise(64, 64, 1), 90);

        Refusal([.. content[..(int)(content.Length * share)], 0xff, 0xd9])
            .ShouldBe("face.png is truncated: the JPEG file ends inside its image data; fetch or save it again.");
    }

    [Fact]
    public void Decode_PngWithTooFewRows_IsRefused() =>
        Refusal(new PngBuilder(2, 2, 8, 2).Rows([1, 2, 3, 4, 5, 6]).Build())
            .ShouldContain("is damaged: its PNG data cannot be decoded to 2×2");

    [Fact]
    public void Decode_PngWithFlippedBit_NamesTheChunk()
    {
        var content = TestImages.Content("png-colour.png");
        content[content.Length / 2] ^= 1;

        Refusal(content).ShouldContain("the chunk at byte 33 does not match its checksum");
    }

    [Fact]
    public void Decode_PngWithoutData_IsRefused() => Refusal(new PngBuilder(2, 2, 8, 2).Build()).ShouldContain("it has no image data");

    [Fact]
    public void Decode_PngWhoseDataFailTheirOwnChecksum_IsRefused()
    {
        var content = new PngBuilder(1, 1, 8, 2).Rows([1, 2, 3]).Build();
        content[^17] ^= 1;
        PngBuilder.RepairChecksums(content);

        Refusal(content).ShouldContain("is damaged: its PNG data cannot be decoded to 1×1");
    }

    [Theory]
    [InlineData(8, 5)]
    [InlineData(3, 2)]
    [InlineData(16, 3)]
    public void Decode_PngOfAKindThatDoesNotExist_IsRefused(byte depth, byte colourType) =>
        Refusal(new PngBuilder(1, 1, depth, colourType).Rows([1, 2, 3]).Build())
            .ShouldContain("its header describes no kind of PNG that exists");

    [Fact]
    public void Decode_PngWithTwoHeaders_IsRefused() =>
        Refusal(new PngBuilder(1, 1, 8, 2).Chunk("IHDR", new byte[13]).Rows([1, 2, 3]).Build())
            .ShouldContain("not one header followed by data");

    [Fact]
    public void Decode_PngHeaderOf8000By8000_IsRefusedBeforeDecoding() =>
        Refusal(new PngBuilder(8000, 8000, 8, 2).Rows([0]).Build())
            .ShouldBe("face.png is 8000×8000 pixels (64 megapixels), more than the 40 megapixels that are read; scale it down first.");

    [Fact]
    public void Decode_PngHeaderOf4GigapixelSides_IsRefused() =>
        Refusal(new PngBuilder(-1, -1, 8, 2).Rows([0]).Build()).ShouldContain("more than the 40 megapixels");

    [Fact]
    public void Decode_JpegHeaderOf8000By8000_IsRefusedBeforeDecoding()
    {
        var content = TestImages.Content("jpeg-colour.jpg");
        var frame = content.AsSpan().IndexOf((byte[])[0xff, 0xc0]);
        BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(frame + 5), 8000);
        BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(frame + 7), 8000);

        Refusal(content).ShouldContain("is 8000×8000 pixels (64 megapixels)");
    }

    [Fact]
    public void Decode_WebpHeaderOf16383By16383_IsRefusedBeforeDecoding()
    {
        var content = TestImages.Content("webp-lossless.webp");
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(21), uint.MaxValue >> 4);

        Refusal(content).ShouldContain("is 16384×16384 pixels (268.4 megapixels)");
    }

    [Fact]
    public void Decode_BmpHeaderOf8000By8000_IsRefusedBeforeDecoding()
    {
        var content = TestImages.Content("bmp-colour.bmp");
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(18), 8000);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(22), -8000);

        Refusal(content).ShouldContain("is 8000×8000 pixels (64 megapixels)");
    }

    [Fact]
    public void Decode_ImageWithoutPixels_IsRefused() =>
        Refusal(new PngBuilder(0, 5, 8, 2).Rows([0]).Build()).ShouldContain("has no pixels: its header says 0×5");

    [Fact]
    public void Decode_JpegOfThousandsOfScans_IsRefusedBeforeDecoding()
    {
        var content = TestImages.Content("jpeg-progressive.jpg");
        var scan = content.AsSpan().LastIndexOf((byte[])[0xff, 0xda]);

        Refusal([.. content[..^2], .. Enumerable.Repeat(content[scan..^2], 2000).SelectMany(part => part), 0xff, 0xd9])
            .ShouldEndWith(" scans, more than the 100 that are read; save it as PNG.");
    }

    [Theory]
    [InlineData(0xc3)]
    [InlineData(0xc5)]
    [InlineData(0xf7)]
    public void Decode_JpegOfAProcessThatIsNotRead_IsNamed(byte marker)
    {
        var content = TestImages.Content("jpeg-colour.jpg");
        content[content.AsSpan().IndexOf((byte[])[0xff, 0xc0]) + 1] = marker;

        Refusal(content).ShouldBe("face.png is a lossless or hierarchical JPEG, which is not read; save it as PNG.");
    }

    [Fact]
    public void Decode_JpegWithoutTheScansOfAChannel_IsRefused()
    {
        var content = ImageFile.EncodeJpeg(TestImages.Noise(16, 16, 2), 90);
        var scan = content.AsSpan().IndexOf((byte[])[0xff, 0xda]);

        // The scan's header names three channels; one without the last has two bytes less.
        Refusal([.. content[..(scan + 2)], 0, 10, 2, .. content[(scan + 5)..(scan + 9)], .. content[(scan + 11)..]])
            .ShouldBe("face.png is damaged: it has no image data of 1 of its 3 channels; fetch or save it again.");
    }

    [Fact]
    public void Decode_PngOfApplesKind_IsNamed()
    {
        var content = new PngBuilder(2, 1, 8, 0).Rows([1, 2]).Build();

        Refusal([.. content[..8], 0, 0, 0, 4, .. "CgBI"u8, 0, 0, 0, 0, 0, 0, 0, 0, .. content[8..]])
            .ShouldContain("(CgBI), which is not read; save it as PNG.");
    }

    [Fact]
    public void Decode_PngWithTwoPalettes_IsRefused() =>
        Refusal(new PngBuilder(2, 1, 8, 3).Chunk("PLTE", 1, 2, 3).Chunk("PLTE", 4, 5, 6).Rows([0, 0]).Build())
            .ShouldContain("it has more than one palette");

    [Fact]
    public void Decode_TwelveBitJpeg_IsRefused()
    {
        var content = TestImages.Content("jpeg-colour.jpg");
        content[content.AsSpan().IndexOf((byte[])[0xff, 0xc0]) + 4] = 12;

        Refusal(content).ShouldBe("face.png is a JPEG of 12 bits a channel, of which only 8 are read; save it as PNG.");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Decode_BmpThatWrapsAnotherFormat_IsRefused(byte compression)
    {
        var content = TestImages.Content("bmp-colour.bmp");
        content[30] = compression;

        Refusal(content).ShouldBe("face.png is a BMP that wraps a JPEG or PNG, which is not read; save it as PNG.");
    }

    [Fact]
    public void Decode_BmpWithAMaskOfSeveralPieces_IsRefused() =>
        Refusal(new BmpBuilder(2, 1, 32) { Header = 56, Masks = [0xf0f, 0xf000, 0xf00000, 0] }.Build([0, 0]))
            .ShouldBe("face.png is damaged: its header has a colour mask of several pieces; fetch or save it again.");

    [Theory]
    [InlineData("49 49 2A 00 08 00 00 00", "a TIFF")]
    [InlineData("4D 4D 00 2A 00 00 00 08", "a TIFF")]
    [InlineData("00 00 00 18 66 74 79 70 68 65 69 63", "a HEIC")]
    [InlineData("00 00 00 18 66 74 79 70 61 76 69 66", "an AVIF")]
    [InlineData("00 00 00 18 66 74 79 70 69 73 6F 6D", "a video")]
    [InlineData("FF 0A 00 00", "a JPEG XL")]
    [InlineData("38 42 50 53 00 01", "a Photoshop document")]
    public void Decode_FormatThatIsNotRead_IsNamed(string start, string kind) =>
        Refusal(Convert.FromHexString(start.Replace(" ", ""))).ShouldBe($"face.png is {kind}, which is not read; save it as PNG.");

    [Fact]
    public void Read_MissingFile_SaysSo()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("n"), "face.png");

        Should.Throw<ImageException>(() => ImageFile.Read(path)).Message.ShouldBe($"{path} does not exist; check the path.");
    }

    [Fact]
    public void Read_Directory_SaysSo() =>
        Should
            .Throw<ImageException>(() => ImageFile.Read(Path.GetTempPath()))
            .Message.ShouldBe($"{Path.GetTempPath()} is a directory; name an image file in it.");

    [Fact]
    public void Refusal_Exception_CarriesTheName() =>
        Should.Throw<ImageException>(() => ImageFile.Decode(Encoding.ASCII.GetBytes("x"), "some/name")).Name.ShouldBe("some/name");

    private static string Refusal(ReadOnlySpan<byte> content)
    {
        var copy = content.ToArray();
        return Should.Throw<ImageException>(() => ImageFile.Decode(copy, "face.png")).Message;
    }
}
