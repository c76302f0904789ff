using System.Globalization;

namespace PmSFC.Silo.Devices;

/// <summary>Amounts of memory as people write them.</summary>
public static class MemorySize
{
    /// <summary>An amount in binary units: <c>1.5 GiB</c>, <c>800 MiB</c>, <c>3 KiB</c>.</summary>
    public static string Format(double bytes) =>
        FormattableString.Invariant(
            bytes switch
            {
                >= 1L << 30 => $"{bytes / (1L << 30):0.0} GiB",
                >= 1L << 20 => $"{bytes / (1L << 20):0} MiB",
                _ => $"{bytes / (1L << 10):0} KiB",
            }
        );

    /// <summary>Reads an amount in binary or decimal units: <c>2GiB</c>, <c>1.5 GB</c>, a number of bytes.</summary>
    /// <returns><see langword="null"/> where the text is no such amount, or less than a byte.</returns>
    public static long? Parse(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        double? scale = text[digits..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KIB" => Math.Pow(2, 10),
            "M" or "MIB" => Math.Pow(2, 20),
            "G" or "GIB" => Math.Pow(2, 30),
            "T" or "TIB" => Math.Pow(2, 40),
            "KB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            _ => null,
        };
        return
            double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * scale is { } bytes and >= 1 and < 1L << 62
            ? (long)bytes
            : null;
    }
}
