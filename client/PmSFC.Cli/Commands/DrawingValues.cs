using System.Globalization;
using PmSFC.Engine.Generators;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary>The values by which a generator is made to draw otherwise than its file says.</summary>
internal static class DrawingValues
{
    private const string Off = "off",
        TruncationForm = "a number above 0 and up to 1",
        NoiseForm = "off, or a whole number as the seed";

    /// <summary>ψ.</summary>
    public static ValueKind<double?> Truncation { get; } = new(TruncationForm, (string text, out double? value) =>
        {
            value =
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && DrawingOptions.CanTruncateBy(number)
                    ? number
                    : null;
            return value is null ? $"must be {TruncationForm}" : null;
        });

    /// <summary><c>off</c>, or a seed.</summary>
    public static ValueKind<NoiseSource> Noise { get; } = new(NoiseForm, (string text, out NoiseSource? value) =>
        {
            value =
                text == Off ? new NoiseSource(null)
                : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) ? new NoiseSource(seed)
                : null;
            return value is null ? $"must be {NoiseForm}" : null;
        });
}
