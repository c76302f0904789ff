using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>8-bit images as tensors and back: 0 is −1 and 255 is 1.</summary>
public static class ImageTensors
{
    private const float HalfRange = 127.5f;

    /// <summary>Puts images of one size on a device.</summary>
    /// <param name="images">B images of W×H pixels, at least one.</param>
    /// <param name="device">Where the tensor is made.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <returns>[B, 3, H, W], range −1 to 1; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There are no images, or their sizes differ.</exception>
    public static Tensor ToTensor(IReadOnlyList<RgbImage> images, Device device, ScalarType dtype = ScalarType.Float32)
    {
        if (images.Count == 0 || images.Any(image => image.Width != images[0].Width || image.Height != images[0].Height))
            throw new ArgumentException("A tensor holds at least one image, and all of one size.", nameof(images));
        using var scope = NewDisposeScope();
        var (width, height) = (images[0].Width, images[0].Height);
        var pixels = new byte[images.Count * 3 * width * height];
        for (var i = 0; i < images.Count; i++)
            images[i].Pixels.CopyTo(pixels.AsSpan(i * 3 * width * height));
        return tensor(pixels)
            .view(images.Count, height, width, 3)
            .permute(0, 3, 1, 2)
            .contiguous()
            .to(dtype, device)
            .DivideBy(HalfRange)
            .Subtract(1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Images averaged down, by a whole number of pixels, to at most so many on the longer side.</summary>
    /// <param name="images">[B, 3, H, W] on any device.</param>
    /// <param name="side">Pixels, at least 1.</param>
    /// <returns>[B, 3, h, w]; owned by the caller's dispose scope. Where they are small enough, the images themselves.</returns>
    public static Tensor Shrink(Tensor images, int side)
    {
        var factor = (Math.Max(images.shape[2], images.shape[3]) + side - 1) / side;
        return factor == 1 ? images : nn.functional.avg_pool2d(images, factor);
    }

    /// <summary>Images of a tensor: clamped to −1…1, scaled to 0…255, rounded half to even.</summary>
    /// <param name="images">[B, 3, H, W] on any device.</param>
    /// <returns>B images.</returns>
    public static IReadOnlyList<RgbImage> FromTensor(Tensor images)
    {
        using var scope = NewDisposeScope();
        int count = (int)images.shape[0],
            height = (int)images.shape[2],
            width = (int)images.shape[3];
        var pixels = images
            .detach()
            .to(ScalarType.Float64)
            .nan_to_num(0)
            .Clamp(-1, 1)
            .Add(1)
            .Multiply(HalfRange)
            .round()
            .to(ScalarType.Byte)
            .permute(0, 2, 3, 1)
            .contiguous()
            .cpu()
            .data<byte>()
            .ToArray();
        var size = 3 * width * height;
        return [.. Enumerable.Range(0, count).Select(i => new RgbImage(width, height, pixels.AsSpan(i * size, size)))];
    }
}
