using PmSFC.Engine.Tensors;
using PmSFC.Imaging;
using TorchSharp;

namespace PmSFC.Engine.Tests.Images;

public sealed class ImageTensorsTests
{
    [Fact]
    public void FromTensor_OfToTensor_GivesEveryValueBack()
    {
        using var scope = torch.NewDisposeScope();
        var image = new RgbImage(16, 16, [.. Enumerable.Range(0, 768).Select(i => (byte)i)]);
        var other = new RgbImage(16, 16, [.. Enumerable.Range(0, 768).Select(i => (byte)(i * 7))]);

        var tensor = ImageTensors.ToTensor([image, other], torch.CPU);

        tensor.shape.ShouldBe([2, 3, 16, 16]);
        ImageTensors.FromTensor(tensor).ShouldBe([image, other]);
    }

    [Fact]
    public void ToTensor_OneValue_IsWhereItBelongs()
    {
        using var scope = torch.NewDisposeScope();
        var pixels = new byte[3 * 4 * 2];
        pixels[3 * (4 * 1 + 2) + 1] = 255;

        var tensor = ImageTensors.ToTensor([new RgbImage(4, 2, pixels)], torch.CPU);

        tensor[0, 1, 1, 2].item<float>().ShouldBe(1);
        tensor.sum().item<float>().ShouldBe(-24 + 2);
    }

    [Theory]
    [InlineData(16, 16, 16)]
    [InlineData(128, 128, 128)]
    [InlineData(256, 256, 128)]
    [InlineData(384, 200, 128)]
    [InlineData(130, 64, 65)]
    public void Shrink_LongerSide_IsAtMostWhatWasAskedForAndColoursStay(int height, int width, int expected)
    {
        using var scope = torch.NewDisposeScope();

        var small = ImageTensors.Shrink(torch.full([2, 3, height, width], 0.25f), 128);

        small.shape.ShouldBe([2, 3, expected, width / (height / expected)]);
        (small - 0.25f).abs().max().item<float>().ShouldBe(0);
    }

    [Theory]
    [InlineData(-3, 0)]
    [InlineData(3, 255)]
    [InlineData(0, 128)]
    [InlineData(-0.992, 1)]
    [InlineData(0.992, 254)]
    [InlineData(double.NaN, 128)]
    public void FromTensor_AnyValue_IsClampedAndRoundedHalfToEven(double value, byte expected)
    {
        using var scope = torch.NewDisposeScope();

        ImageTensors.FromTensor(torch.full([1, 3, 1, 1], value, torch.float64))[0][0, 0].ShouldBe(new Rgb(expected, expected, expected));
    }
}
