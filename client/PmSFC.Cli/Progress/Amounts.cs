using System.Globalization;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Cli.Progress;

/// <summary>Amounts as people read them.</summary>
internal static class Amounts
{
    /// <summary>A time span: <c>8 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>, or <c>?</c> where it is not known.</summary>
    public static string Duration(TimeSpan? span) => span switch
    {
        null => "?",
        { TotalSeconds: < 59.5 } s => Text($"{s.TotalSeconds:0} s"),
        { TotalMinutes: < 59.5 } m => Text($"{(int)m.TotalMinutes} min {m.Seconds:00} s"),
        { TotalHours: < 48 } h => Text($"{(int)h.TotalHours} h {h.Minutes:00} min"),
        { } d => Text($"{d.TotalDays:0.#} days"),
    };

    /// <summary>Iterations a second.</summary>
    public static string Rate(double perSecond) => perSecond <= 0 ? "" : Text($"{perSecond:0.#} it/s");

    /// <summary>Bytes in binary units.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 30 => Text($"{bytes / (1L << 30):0.0} GiB"),
        >= 1L << 20 => Text($"{bytes / (1L << 20):0} MiB"),
        _ => Text($"{bytes / (1L << 10):0} KiB"),
    };

    /// <summary>Reads an amount as <see cref="Bytes"/> writes it, or in decimal units: <c>2GiB</c>, <c>1.5 GB</c>, a number of bytes.</summary>
    /// <returns><see langword="null"/> where the text is no such amount, or less than a byte.</returns>
    public static long? ParseBytes(string text)
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
        return double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * scale is { } bytes and >= 1 and < 1L << 62
            ? (long)bytes
            : null;
    }

    /// <summary>The first digits of an id: enough to type.</summary>
    public static string ShortId(string id) => id[..Math.Min(8, id.Length)];

    /// <summary>A number with its unit's singular or plural.</summary>
    public static string Count(int count, string singular) => Text($"{count} {singular}{(count == 1 ? "" : "s")}");

    /// <summary>What a preparation does.</summary>
    public static string Doing(PreparationKind kind) => kind == PreparationKind.Network ? "training a network" : "finding subspaces";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
