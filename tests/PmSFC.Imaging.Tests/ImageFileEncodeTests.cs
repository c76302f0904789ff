using FsCheck;
using FsCheck.Xunit;

namespace PmSFC.Imaging.Tests;

public sealed class ImageFileEncodeTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 100)]
    public void EncodePng_AnyImage_ComesBackExactly(PositiveInt width, PositiveInt height, int seed)
    {
        var image = TestImages.Noise(width.Get % 70 + 1, height.Get % 70 + 1, seed);

        var decoded = ImageFile.Decode(ImageFile.EncodePng(image), "round-trip.png");

        decoded.Image.ShouldBe(image);
        decoded.Image.ContentId.ShouldBe(image.ContentId);
        decoded.Notes.ShouldBeEmpty();
    }

    [Property(MaxTest = 30)]
    public void EncodeJpeg_ConstantImage_ComesBackNearly(byte r, byte g, byte b, PositiveInt side)
    {
        var image = TestImages.Constant(side.Get % 40 + 1, 7, new Rgb(r, g, b));

        var decoded = ImageFile.Decode(ImageFile.EncodeJpeg(image, 95), "round-trip.jpg").Image;

        (decoded.Width, decoded.Height).ShouldBe((image.Width, image.Height));
        decoded.Pixels.ToArray().Zip(image.Pixels.ToArray(), (a, e) => Math.Abs(a - e)).Max().ShouldBeLessThanOrEqualTo(4);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public void EncodeJpeg_QualityOutOfRange_Throws(int quality) =>
        Should.Throw<ArgumentOutOfRangeException>(() => ImageFile.EncodeJpeg(TestImages.Noise(2, 2, 1), quality));

    [Fact]
    public void WritePng_ExistingFile_IsReplacedAndNothingElseIsLeft()
    {
        var path = Path.Combine(_folder.Path, "face.png");
        ImageFile.WritePng(TestImages.Noise(5, 4, 1), path);
        ImageFile.WritePng(TestImages.Noise(6, 3, 2), path);

        ImageFile.Read(path).Image.ShouldBe(TestImages.Noise(6, 3, 2));
        Directory.GetFileSystemEntries(_folder.Path).Length.ShouldBe(1);
    }

    [Fact]
    public void WritePng_TargetIsADirectory_LeavesNoTemporaryFile()
    {
        var path = Path.Combine(_folder.Path, "taken");
        Directory.CreateDirectory(path);

        Should.Throw<Exception>(() => ImageFile.WritePng(TestImages.Noise(5, 4, 1), path));

        Directory.GetFileSystemEntries(_folder.Path).Select(entry => Path.GetFileName(entry)).ShouldBe(["taken"]);
    }

    [Fact]
    public void Read_WhatPillowWrote_EqualsDecode()
    {
        var path = Path.Combine(_folder.Path, "face.jpg");
        File.WriteAllBytes(path, TestImages.Content("jpeg-colour.jpg"));

        ImageFile.Read(path).Image.ShouldBe(ImageFile.Decode(TestImages.Content("jpeg-colour.jpg"), "face.jpg").Image);
    }
}
