using System.Runtime.InteropServices;

namespace PmSFC.Imaging.Native;

/// <summary>An image that libgd owns.</summary>
internal sealed unsafe class GdImage() : SafeHandle(0, ownsHandle: true)
{
    private const int AlphaOpaque = 0;
    private const int AlphaTransparent = 127;

    public override bool IsInvalid => handle == 0;

    public static GdImage FromPng(ReadOnlySpan<byte> content)
    {
        fixed (byte* data = content) return LibGd.gdImageCreateFromPngPtr(content.Length, data);
    }

    /// <summary>Decodes a JPEG; invalid also where libjpeg has to guess, as it does when entropy-coded data end early.</summary>
    public static GdImage FromJpeg(ReadOnlySpan<byte> content)
    {
        var before = LibGd.Reports;
        GdImage image;
        fixed (byte* data = content) image = LibGd.gdImageCreateFromJpegPtrEx(content.Length, data, ignoreWarnings: 0);
        if (LibGd.Reports == before) return image;
        image.Dispose();
        return new GdImage();
    }

    public static GdImage FromWebp(ReadOnlySpan<byte> content)
    {
        fixed (byte* data = content) return LibGd.gdImageCreateFromWebpPtr(content.Length, data);
    }

    public static GdImage FromBmp(ReadOnlySpan<byte> content)
    {
        fixed (byte* data = content) return LibGd.gdImageCreateFromBmpPtr(content.Length, data);
    }

    public static GdImage From(RgbImage image)
    {
        var result = LibGd.gdImageCreateTrueColor(image.Width, image.Height);
        if (result.IsInvalid) throw new OutOfMemoryException($"libgd has no memory for an image of {image.Width}×{image.Height} pixels.");
        LibGd.gdImageAlphaBlending(result, 0);
        var pixels = image.Pixels;
        for (int y = 0, at = 0; y < image.Height; y++)
            for (var x = 0; x < image.Width; x++, at += 3)
                LibGd.gdImageSetPixel(result.handle, x, y, pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2]);
        return result;
    }

    public bool HasSize(int width, int height) =>
        LibGd.gdImageBoundsSafe(handle, width - 1, height - 1) != 0
        && LibGd.gdImageBoundsSafe(handle, width, 0) == 0
        && LibGd.gdImageBoundsSafe(handle, 0, height) == 0;

    /// <summary>The pixels, over white where they are not opaque or have the colour <paramref name="transparent"/>.</summary>
    public RgbImage ToRgb(int width, int height, Rgb? transparent, out bool composited)
    {
        composited = false;
        var key = transparent is { } colour ? colour.R << 16 | colour.G << 8 | colour.B : -1;
        var pixels = new byte[3 * width * height];
        for (int y = 0, at = 0; y < height; y++)
            for (var x = 0; x < width; x++, at += 3)
            {
                var pixel = LibGd.gdImageGetTrueColorPixel(handle, x, y);
                var alpha = (pixel & 0xffffff) == key ? AlphaTransparent : pixel >> 24;
                composited |= alpha != AlphaOpaque;
                pixels[at] = OverWhite(pixel >> 16 & 0xff, alpha);
                pixels[at + 1] = OverWhite(pixel >> 8 & 0xff, alpha);
                pixels[at + 2] = OverWhite(pixel & 0xff, alpha);
            }

        return RgbImage.Adopt(width, height, pixels);
    }

    public byte[] EncodePng() => TakeBuffer(LibGd.gdImagePngPtr(this, out var size), size);

    public byte[] EncodeJpeg(int quality) => TakeBuffer(LibGd.gdImageJpegPtr(this, out var size, quality), size);

    protected override bool ReleaseHandle()
    {
        LibGd.gdImageDestroy(handle);
        return true;
    }

    private static byte OverWhite(int value, int alpha) =>
        alpha == AlphaOpaque ? (byte)value : (byte)((value * (AlphaTransparent - alpha) + 255 * alpha + AlphaTransparent / 2) / AlphaTransparent);

    private static byte[] TakeBuffer(byte* buffer, int size)
    {
        if (buffer == null) throw new InvalidOperationException("libgd did not encode the image; its sides may exceed what the format can hold.");
        try
        {
            return new ReadOnlySpan<byte>(buffer, size).ToArray();
        }
        finally
        {
            LibGd.gdFree(buffer);
        }
    }
}
