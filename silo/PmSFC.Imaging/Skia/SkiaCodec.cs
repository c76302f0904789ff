using SkiaSharp;

namespace PmSFC.Imaging.Skia;

/// <summary>Decodes and encodes by Skia. Colours are what the file stores: neither profiles nor gamma are applied.</summary>
internal static unsafe class SkiaCodec
{
    /// <summary>Decodes the first picture of a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="width">Columns that its header promises.</param>
    /// <param name="height">Rows that its header promises.</param>
    /// <param name="pixels">The picture, if the outcome is <see cref="DecodeOutcome.Whole"/>.</param>
    public static DecodeOutcome Decode(ReadOnlySpan<byte> content, int width, int height, out RgbaPixels? pixels)
    {
        pixels = null;
        fixed (byte* start = content)
        {
            using var data = SKData.Create((nint)start, content.Length);
            using var stream = new SKMemoryStream(data);
            using var codec = SKCodec.Create(stream, out var result);
            if (codec is null)
                return result == SKCodecResult.IncompleteInput ? DecodeOutcome.EndsEarly : DecodeOutcome.Unreadable;
            if (codec.Info.Width != width || codec.Info.Height != height)
                return DecodeOutcome.Unreadable;

            var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
            var values = new byte[info.BytesSize64];
            fixed (byte* target = values)
                result = codec.GetPixels(info, (nint)target);
            if (result != SKCodecResult.Success)
                return result == SKCodecResult.IncompleteInput ? DecodeOutcome.EndsEarly : DecodeOutcome.Unreadable;
            pixels = new RgbaPixels(width, height, values, Math.Max(1, codec.FrameCount));
            return DecodeOutcome.Whole;
        }
    }

    /// <summary>A PNG file of 8-bit RGB.</summary>
    public static byte[] EncodePng(RgbImage image) => Encode(image, pixels => pixels.Encode(SKPngEncoderOptions.Default));

    /// <summary>A baseline JPEG file, chroma halved.</summary>
    /// <param name="image">Its sides are at most 65 500 pixels.</param>
    /// <param name="quality">0–100.</param>
    public static byte[] EncodeJpeg(RgbImage image, int quality) =>
        Encode(image, pixels =>
            pixels.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore))
        );

    private static byte[] Encode(RgbImage image, Func<SKPixmap, SKData?> encode)
    {
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var values = new byte[info.BytesSize64];
        var source = image.Pixels;
        for (int from = 0, to = 0; from < source.Length; from += 3, to += 4)
        {
            source.Slice(from, 3).CopyTo(values.AsSpan(to));
            values[to + 3] = byte.MaxValue;
        }

        fixed (byte* start = values)
        {
            using var pixels = new SKPixmap(info, (nint)start);
            using var content = encode(pixels)
                ?? throw new InvalidOperationException("The image was not encoded; its sides may exceed what the format can hold.");
            return content.ToArray();
        }
    }
}
