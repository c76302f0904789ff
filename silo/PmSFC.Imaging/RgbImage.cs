using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PmSFC.Imaging;

/// <summary>An immutable image of 8-bit RGB pixels, interleaved, row after row from the top left.</summary>
public sealed class RgbImage : IEquatable<RgbImage>
{
    private readonly byte[] _pixels;

    /// <summary>Makes an image of a copy of <paramref name="pixels"/>.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">R, G, B of each pixel: <c>width · height · 3</c> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is smaller than 1.</exception>
    /// <exception cref="ArgumentException">The number of bytes does not fit the sides.</exception>
    public RgbImage(int width, int height, ReadOnlySpan<byte> pixels)
        : this(width, height, pixels.ToArray()) { }

    private RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != 3L * width * height)
            throw new ArgumentException(
                $"An image of {width}×{height} pixels has {3L * width * height} bytes, but {pixels.Length} were given.",
                nameof(pixels)
            );

        Width = width;
        Height = height;
        _pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>R, G, B of each pixel, row after row: <c>Width · Height · 3</c> bytes.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>
    /// What the image is, whatever file it came from: the first 16 bytes of SHA-256 over <c>rgb8\n{width}x{height}\n</c> and the pixels, as 32
    /// lower-case hexadecimal digits.
    /// </summary>
    public string ContentId => field ??= HashContent();

    /// <summary>The pixel in column <paramref name="x"/> of row <paramref name="y"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is outside the image.</exception>
    public Rgb this[int x, int y]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Width, nameof(x));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
            var at = 3 * (y * Width + x);
            return new Rgb(_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }
    }

    /// <inheritdoc/>
    public bool Equals(RgbImage? other) =>
        other is not null && Width == other.Width && Height == other.Height && Pixels.SequenceEqual(other.Pixels);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RgbImage);

    /// <inheritdoc/>
    public override int GetHashCode() => ContentId.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Width}×{Height} {ContentId}";

    /// <summary>An image of <paramref name="pixels"/> themselves: the caller gives the array away.</summary>
    internal static RgbImage Adopt(int width, int height, byte[] pixels) => new(width, height, pixels);

    private string HashContent()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"rgb8\n{Width}x{Height}\n")));
        hash.AppendData(_pixels);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
