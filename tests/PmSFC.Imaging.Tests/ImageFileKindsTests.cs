using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PmSFC.Imaging.Tests;

/// <summary>Files that are unusual but in order.</summary>
public sealed class ImageFileKindsTests
{
    private const string Sos = "odd scan parameters ignored",
        Adobe = "unknown Adobe colour transform ignored";

    [Fact]
    public void Decode_JpegWithOddScanParameters_IsReadAndNoted()
    {
        var content = TestImages.Content("jpeg-colour.jpg");
        var scan = content.AsSpan().IndexOf((byte[])[0xff, 0xda]);
        content[scan + 2 + BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(scan + 2)) - 2] = 0;

        Decoded(content, "jpeg-colour.jpg").ShouldBe([Sos]);
    }

    [Fact]
    public void Decode_JpegWithAnUnknownAdobeTransform_IsReadAndNoted()
    {
        var content = TestImages.Content("jpeg-colour.jpg");

        Decoded([.. content[..2], 0xff, 0xee, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 9, .. content[2..]], "jpeg-colour.jpg")
            .ShouldBe([Adobe]);
    }

    [Fact]
    public void Decode_JpegWithStrayBytesBetweenSegments_IsReadAndNoted()
    {
        var content = TestImages.Content("jpeg-colour.jpg");

        Decoded([.. content[..2], 0xff, 0xfe, 0, 3, 65, 1, 2, 3, .. content[2..]], "jpeg-colour.jpg")
            .ShouldBe(["stray bytes between its segments skipped"]);
    }

    [Fact]
    public void Decode_JpegWithStrayBytesBehindItsScan_IsRead()
    {
        var content = TestImages.Content("jpeg-colour.jpg");

        Decoded([.. content[..^2], 1, 2, 3, .. content[^2..]], "jpeg-colour.jpg").ShouldBeEmpty();
    }

    [Fact]
    public void Decode_JpegCutByOneByteOrMoreAndClosed_LosesNothingUnsaid()
    {
        var content = ImageFile.EncodeJpeg(TestImages.Noise(40, 40, 3), 90);
        var whole = ImageFile.Decode(content, "whole.jpg").Image;
        for (var cut = 3; cut < content.Length / 2; cut += 7)
            Should
                .Throw<ImageException>(() => ImageFile.Decode([.. content[..(content.Length - 2 - cut)], 0xff, 0xd9], "cut.jpg"))
                .Message.ShouldContain("ends inside its image data", customMessage: $"{cut} bytes cut");
        ImageFile.Decode([.. content, .. content], "twice.jpg").Image.ShouldBe(whole);
    }

    [Fact]
    public void Decode_JpegWithTwoExifSegments_TakesTheFirst()
    {
        var content = TestImages.Content("jpeg-colour.jpg");

        Decoded([.. content[..2], .. ExifSegment(6), .. ExifSegment(1), .. content[2..]], null).ShouldBe(["EXIF orientation 6 applied"]);
    }

    [Fact]
    public void Decode_ExifWithoutOrientationBeforeOneThatHasIt_IsTurned()
    {
        var content = TestImages.Content("jpeg-colour.jpg");
        byte[] exif = Tiff(3, 3, isLittleEndian: true),
            chunk = [.. "EXIF"u8, .. BitConverter.GetBytes(exif.Length), .. exif];

        Decoded([.. content[..2], .. ExifSegment(0), .. ExifSegment(6), .. content[2..]], null).ShouldBe(["EXIF orientation 6 applied"]);
        exif[18] = 1;
        Decoded(Extended(flags: 8, [.. chunk, .. "EXIF"u8, .. BitConverter.GetBytes(exif.Length), .. exif]), null)
            .ShouldBe(["EXIF orientation 3 applied"]);
    }

    [Fact]
    public void Decode_PngWithRawXmpBeforeRawExif_IsTurned()
    {
        byte[] exif = [.. "Exif\0\0"u8, .. Tiff(8, 3, isLittleEndian: false)];
        var png = new PngBuilder(2, 1, 8, 2)
            .Chunk("tEXt", RawProfile("APP1", [.. "http://ns.adobe.com/xap/1.0/\0<x/>"u8]))
            .Chunk("tEXt", RawProfile("exif", exif));

        ImageFile.Decode(png.Rows([1, 1, 1, 2, 2, 2]).Build(), "camera.png").Notes.ShouldBe(["EXIF orientation 8 applied"]);

        static byte[] RawProfile(string name, byte[] data) =>
            Encoding.ASCII.GetBytes($"Raw profile type {name}\0\n{name}\n{data.Length, 8}\n{Convert.ToHexStringLower(data)}\n");
    }

    [Fact]
    public void Decode_PngWithDataBehindItsLastRow_IsRead() =>
        ImageFile
            .Decode(new PngBuilder(2, 1, 8, 0).Rows([1, 2], [3, 4]).Build(), "more.png")
            .Image.ShouldBe(new RgbImage(2, 1, [1, 1, 1, 2, 2, 2]));

    [Fact]
    public void Decode_JpegWithItsHeightBehindItsData_IsRead()
    {
        var content = TestImages.Content("jpeg-colour.jpg");
        var height = content.AsSpan().IndexOf((byte[])[0xff, 0xc0]) + 5;
        byte[] lines = [0xff, 0xdc, 0, 4, content[height], content[height + 1]];
        content[height] = content[height + 1] = 0;

        Decoded([.. content[..^2], .. lines, .. content[^2..]], "jpeg-colour.jpg").ShouldBeEmpty();
    }

    [Fact]
    public void Decode_ProgressiveJpegOfArithmeticCode_IsRead()
    {
        // 16×16 pixels, written by libjpeg-turbo 2.1.5; the hash is that of the pixels which Pillow reads.
        var content = Convert.FromBase64String(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/ygARCAAQABADASIAAhEBAxEB/8wABgAQARD/2gAMAwEAAhADEAAAAdyg/8wABBAF/9oACAEBAAEFAhWo8v8AJYvUrRaw/8wABBEF/9oACAEDAQE/ARVM5jqe5SUYAnL38P/MAAQRBf/aAAgBAgEBPwFKu5tXS9hXrsNiqog67fX/zAAEEAX/2gAIAQEABj8CFf8AItnwjESTZai8LB+GYNWlGDaAKkUcSBDLWXD/zAAEEAX/2gAIAQEAAT8huDVg832pC9ACHK5yuwOcf0yPMf/aAAwDAQACAAMAAAAQ/v/MAAQRBf/aAAgBAwEBPxDTTRDC+idAAf/MAAQRBf/aAAgBAgEBPxC4cPSfat3FEpj/zAAEEAX/2gAIAQEAAT8Q4Q3JUAOLIdgHIeJM3QKFEHL8EP/Z"
        );

        var decoded = ImageFile.Decode(content, "arithmetic.jpg");

        Convert
            .ToHexStringLower(System.Security.Cryptography.SHA256.HashData(decoded.Image.Pixels))
            .ShouldBe("25e3054907692104262f29d36af44579915b1a05ed656eace44391376198e2e8");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(9)]
    public void Decode_OrientationOfAnyWholeNumberType_IsApplied(byte type)
    {
        foreach (var isLittleEndian in (bool[])[true, false])
            new PngBuilder(2, 1, 8, 2)
                .Chunk("eXIf", Tiff(6, type, isLittleEndian))
                .Rows([1, 1, 1, 2, 2, 2])
                .Build()
                .ShouldSatisfyAllConditions(png => ImageFile.Decode(png, "camera.png").Notes.ShouldBe(["EXIF orientation 6 applied"]));
    }

    [Theory]
    [InlineData("zTXt", "exif")]
    [InlineData("zTXt", "APP1")]
    [InlineData("tEXt", "exif")]
    [InlineData("iTXt", "exif")]
    public void Decode_PngWithARawExifProfile_IsTurned(string chunk, string profile)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. Tiff(8, 3, isLittleEndian: false)];
        var text = Encoding.ASCII.GetBytes(
            $"\n{profile}\n{exif.Length, 8}\n{string.Join('\n', Convert.ToHexStringLower(exif).Chunk(72).Select(line => new string(line)))}\n"
        );
        byte[] data =
        [
            .. Encoding.ASCII.GetBytes($"Raw profile type {profile}\0"),
            .. chunk switch
            {
                "zTXt" => [0, .. Deflated(text)],
                "iTXt" => [0, 0, 0, 0, .. text],
                _ => text,
            },
        ];

        var decoded = ImageFile.Decode(new PngBuilder(2, 1, 8, 2).Chunk(chunk, data).Rows([1, 1, 1, 2, 2, 2]).Build(), "camera.png");

        decoded.Notes.ShouldBe(["EXIF orientation 8 applied"]);
        decoded.Image.ShouldBe(new RgbImage(1, 2, [2, 2, 2, 1, 1, 1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decode_WebpWithExif_IsTurnedWithTheLabelOrWithoutIt(bool hasLabel)
    {
        byte[] exif = [.. hasLabel ? "Exif\0\0"u8 : [], .. Tiff(3, 3, isLittleEndian: true)];

        Decoded(Extended(flags: 8, [.. "EXIF"u8, .. BitConverter.GetBytes(exif.Length), .. exif]), null)
            .ShouldBe(["EXIF orientation 3 applied"]);
    }

    [Fact]
    public void Decode_PngIndexBeyondItsPalette_IsBlack()
    {
        var png = new PngBuilder(3, 1, 8, 3).Chunk("PLTE", 9, 8, 7, 6, 5, 4).Rows([0, 1, 2]).Build();

        ImageFile.Decode(png, "palette.png").Image.ShouldBe(new RgbImage(3, 1, [9, 8, 7, 6, 5, 4, 0, 0, 0]));
    }

    [Fact]
    public void Decode_SixteenBitTransparentColour_IsThatColourAlone()
    {
        var rgb = new PngBuilder(3, 1, 16, 2)
            .Chunk("tRNS", 1, 2, 3, 4, 5, 6)
            .Rows([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 1, 9, 3, 4, 5, 6])
            .Build();
        var gray = new PngBuilder(2, 1, 16, 0).Chunk("tRNS", 1, 2).Rows([1, 2, 1, 3]).Build();

        ImageFile.Decode(rgb, "key.png").Image.ShouldBe(new RgbImage(3, 1, [255, 255, 255, 1, 3, 5, 1, 3, 5]));
        ImageFile.Decode(gray, "key.png").Image.ShouldBe(new RgbImage(2, 1, [255, 255, 255, 1, 1, 1]));
    }

    [Fact]
    public void Decode_SixteenBits_KeepTheirUpperByte()
    {
        var random = new Random(3);
        foreach (var (type, channels) in ((byte, int)[])[(0, 1), (2, 3)])
        {
            var row = new byte[2 * channels * 300];
            random.NextBytes(row);
            var expected = Enumerable.Range(0, 900).Select(i => row[2 * (channels == 3 ? i : i / 3)]).ToArray();

            ImageFile.Decode(new PngBuilder(300, 1, 16, type).Rows(row).Build(), "deep.png").Image.Pixels.ToArray().ShouldBe(expected);
        }
    }

    [Fact]
    public void Decode_EightBitAlpha_IsCompositedToTheNearestLevel()
    {
        var random = new Random(3);
        var row = new byte[4 * 500];
        random.NextBytes(row);
        var expected = Enumerable
            .Range(0, 1500)
            .Select(i => (row[i / 3 * 4 + i % 3], Alpha: (double)row[i / 3 * 4 + 3]))
            .Select(pixel => (byte)Math.Round((pixel.Item1 * pixel.Alpha + 255 * (255 - pixel.Alpha)) / 255))
            .ToArray();

        ImageFile.Decode(new PngBuilder(500, 1, 8, 6).Rows(row).Build(), "alpha.png").Image.Pixels.ToArray().ShouldBe(expected);
    }

    [Fact]
    public void Decode_GammaAndPrimaries_LeaveThePixels()
    {
        byte[] gamma = [0, 1, 0x86, 0xa0],
            primaries = [.. Enumerable.Range(1, 8).SelectMany(i => (byte[])[0, 0, (byte)(i * 12), 0])];
        var png = new PngBuilder(2, 1, 8, 2).Chunk("gAMA", gamma).Chunk("cHRM", primaries).Rows([10, 100, 200, 3, 2, 1]).Build();

        var decoded = ImageFile.Decode(png, "linear.png");

        decoded.Notes.ShouldBeEmpty();
        decoded.Image.ShouldBe(new RgbImage(2, 1, [10, 100, 200, 3, 2, 1]));
    }

    [Fact]
    public void Decode_ColourProfile_IsNotedAndLeavesThePixelsInEveryFormat()
    {
        byte[] profile = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        const string note = "embedded colour profile ignored, which is not sRGB";
        var jpeg = TestImages.Content("jpeg-colour.jpg");

        Decoded(new PngBuilder(1, 1, 8, 2).Chunk("iCCP", [65, 0, 0, .. Deflated(profile)]).Rows([1, 2, 3]).Build(), null).ShouldBe([note]);
        Decoded([.. jpeg[..2], 0xff, 0xe2, 0, 216, .. "ICC_PROFILE\0"u8, 1, 1, .. profile, .. jpeg[2..]], "jpeg-colour.jpg")
            .ShouldBe([note]);
        Decoded(Extended(flags: 32, [.. "ICCP"u8, 200, 0, 0, 0, .. profile]), "webp-lossless.webp").ShouldBe([note]);
    }

    [Fact]
    public void Decode_AnimatedPng_GivesItsPictureAndSaysThatThereAreMore()
    {
        var png = new PngBuilder(1, 1, 8, 2).Chunk("acTL", 0, 0, 0, 1, 0, 0, 0, 0).Rows([1, 2, 3]).Build();

        Decoded(png, null).ShouldBe(["the first of the pictures in the file"]);
    }

    [Fact]
    public void Decode_AnimatedGif_GivesItsFirstPicture()
    {
        // 2×1 pixels of a palette of two, LZW codes of 3 bits: clear 4, index 0, index 1, end 5.
        byte[] palette = [1, 2, 3, 200, 100, 50],
            picture = [0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0a, 0];
        byte[] start = [.. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, .. palette];

        var still = ImageFile.Decode([.. start, .. picture, 0x3b], "still.gif");
        var animated = ImageFile.Decode([.. start, .. picture, 0x21, 0xf9, 4, 0, 0, 0, 0, 0, .. picture, 0x3b], "animated.gif");

        still.Image.ShouldBe(new RgbImage(2, 1, palette));
        still.Format.ShouldBe("GIF");
        still.Notes.ShouldBe(["palette, read as RGB"]);
        animated.Image.ShouldBe(still.Image);
        animated.Notes.ShouldBe(["palette, read as RGB", "the first of the pictures in the file"]);
    }

    private static IEnumerable<string> Decoded(byte[] content, string? sameAs)
    {
        var decoded = ImageFile.Decode(content, "unusual");
        if (sameAs is not null)
            decoded.Image.ShouldBe(ImageFile.Decode(TestImages.Content(sameAs), sameAs).Image);
        return decoded.Notes;
    }

    /// <summary>The lossless WebP with a chunk of metadata: ICC profiles stand before the image, EXIF behind it.</summary>
    private static byte[] Extended(byte flags, byte[] chunk)
    {
        var image = TestImages.Content("webp-lossless.webp")[12..];
        byte[] padded = chunk.Length % 2 == 0 ? chunk : [.. chunk, 0],
            canvas = [23, 0, 0, 17, 0, 0];
        byte[] body =
        [
            .. "WEBPVP8X"u8,
            10,
            0,
            0,
            0,
            flags,
            0,
            0,
            0,
            .. canvas,
            .. flags == 8 ? [.. image, .. padded] : (byte[])[.. padded, .. image],
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }

    private static byte[] ExifSegment(byte orientation)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. Tiff(orientation, 3, isLittleEndian: true)];
        return [0xff, 0xe1, 0, (byte)(exif.Length + 2), .. exif];
    }

    private static byte[] Tiff(byte orientation, byte type, bool isLittleEndian)
    {
        var value = type switch
        {
            1 or 6 => [orientation, 0, 0, 0],
            3 or 8 => [.. Short(orientation), 0, 0],
            _ => Long(orientation),
        };
        return
        [
            .. isLittleEndian ? "II"u8 : "MM"u8,
            .. Short(42),
            .. Long(8),
            .. Short(1),
            .. Short(0x112),
            .. Short(type),
            .. Long(1),
            .. value,
            .. Long(0),
        ];

        byte[] Short(int number) => isLittleEndian ? [(byte)number, (byte)(number >> 8)] : [(byte)(number >> 8), (byte)number];

        byte[] Long(int number) => isLittleEndian ? [.. Short(number), 0, 0] : [0, 0, .. Short(number)];
    }

    private static byte[] Deflated(byte[] data)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(data);
        return compressed.ToArray();
    }
}
