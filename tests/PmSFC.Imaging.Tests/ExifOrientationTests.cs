using System.Buffers.Binary;

namespace PmSFC.Imaging.Tests;

public sealed class ExifOrientationTests
{
    private const int Width = 48,
        Height = 32;

    private static readonly Rgb[] Corners = [new(230, 20, 20), new(20, 230, 20), new(20, 20, 230), new(240, 240, 240)];

    // EXIF 2.32, 4.6.4.A: the visual side that the stored first row is, and the one that the stored first column is.
    public static TheoryData<int, char, char> Orientations =>
        new()
        {
            { 1, 'T', 'L' },
            { 2, 'T', 'R' },
            { 3, 'B', 'R' },
            { 4, 'B', 'L' },
            { 5, 'L', 'T' },
            { 6, 'R', 'T' },
            { 7, 'R', 'B' },
            { 8, 'L', 'B' },
        };

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Decode_JpegWithOrientation_PutsEveryCornerWhereExifSays(int orientation, char firstRow, char firstColumn)
    {
        foreach (var isLittleEndian in (bool[])[true, false])
        {
            var decoded = ImageFile.Decode(JpegWith(Exif(orientation, isLittleEndian)), "camera.jpg");

            var image = decoded.Image;
            (image.Width, image.Height).ShouldBe(orientation < 5 ? (Width, Height) : (Height, Width));
            decoded.Notes.ShouldBe(orientation == 1 ? [] : [$"EXIF orientation {orientation} applied"]);
            var (lastRow, lastColumn) = (Opposite(firstRow), Opposite(firstColumn));
            NearestCorner(image, firstRow, firstColumn).ShouldBe(Corners[0]);
            NearestCorner(image, firstRow, lastColumn).ShouldBe(Corners[1]);
            NearestCorner(image, lastRow, firstColumn).ShouldBe(Corners[2]);
            NearestCorner(image, lastRow, lastColumn).ShouldBe(Corners[3]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(65535)]
    public void Decode_OrientationOutOfRange_IsIgnored(int orientation) =>
        ImageFile.Decode(JpegWith(Exif(orientation, isLittleEndian: true)), "camera.jpg").Notes.ShouldBeEmpty();

    [Fact]
    public void Decode_ExifCutShortAnywhere_IsIgnored()
    {
        var exif = Exif(6, isLittleEndian: true);
        for (var length = 0; length < exif.Length - 4; length++)
            ImageFile.Decode(JpegWith(exif[..length]), "camera.jpg").Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Decode_ExifWithHugeOffset_IsIgnored()
    {
        var exif = Exif(6, isLittleEndian: true);
        BinaryPrimitives.WriteUInt32LittleEndian(exif.AsSpan(10), uint.MaxValue);

        ImageFile.Decode(JpegWith(exif), "camera.jpg").Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Decode_PngWithOrientation_IsTurned()
    {
        var png = new PngBuilder(2, 1, 8, 2).Chunk("eXIf", Exif(6, isLittleEndian: false)[6..]).Rows([1, 1, 1, 2, 2, 2]).Build();

        var decoded = ImageFile.Decode(png, "camera.png");

        decoded.Notes.ShouldBe(["EXIF orientation 6 applied"]);
        (decoded.Image.Width, decoded.Image.Height).ShouldBe((1, 2));
        decoded.Image.Pixels.ToArray().ShouldBe([1, 1, 1, 2, 2, 2]);
    }

    private static byte[] JpegWith(byte[] exif)
    {
        var stored = TestImages.Draw(Width, Height, (x, y) => Corners[(y < Height / 2 ? 0 : 2) + (x < Width / 2 ? 0 : 1)]);
        var jpeg = ImageFile.EncodeJpeg(stored, 95);
        var length = exif.Length + 2;
        return [.. jpeg[..2], 0xff, 0xe1, (byte)(length >> 8), (byte)length, .. exif, .. jpeg[2..]];
    }

    /// <summary>An EXIF segment with one other tag before the orientation.</summary>
    private static byte[] Exif(int orientation, bool isLittleEndian)
    {
        byte[] tiff =
        [
            .. isLittleEndian ? "II"u8 : "MM"u8,
            .. Short(42),
            .. Long(8),
            .. Short(2),
            .. Short(0x010f),
            .. Short(2),
            .. Long(4),
            .. "ACM\0"u8,
            .. Short(0x0112),
            .. Short(3),
            .. Long(1),
            .. Short(orientation),
            .. Short(0),
            .. Long(0),
        ];
        return [.. "Exif\0\0"u8, .. tiff];

        byte[] Short(int value) => isLittleEndian ? [(byte)value, (byte)(value >> 8)] : [(byte)(value >> 8), (byte)value];

        byte[] Long(int value) => isLittleEndian ? [.. Short(value), .. Short(value >> 16)] : [.. Short(value >> 16), .. Short(value)];
    }

    private static char Opposite(char side) =>
        side switch
        {
            'T' => 'B',
            'B' => 'T',
            'L' => 'R',
            _ => 'L',
        };

    private static Rgb NearestCorner(RgbImage image, char side, char otherSide)
    {
        var x = side is 'L' || otherSide is 'L' ? image.Width / 4 : image.Width * 3 / 4;
        var y = side is 'T' || otherSide is 'T' ? image.Height / 4 : image.Height * 3 / 4;
        var found = image[x, y];
        return Corners.MinBy(corner => Math.Abs(corner.R - found.R) + Math.Abs(corner.G - found.G) + Math.Abs(corner.B - found.B));
    }
}
