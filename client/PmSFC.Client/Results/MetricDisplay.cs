using System.Globalization;

namespace PmSFC.Client.Results;

/// <summary>How a metric is shown to people.</summary>
/// <param name="Name">The metric's name in results.</param>
/// <param name="Title">Its name with its unit and the direction that is better.</param>
/// <param name="Digits">Digits after the point.</param>
public sealed record MetricDisplay(string Name, string Title, int Digits)
{
    private static readonly MetricDisplay[] Known =
    [
        new("psnr", "PSNR (dB) ↑", 2),
        new("ssim", "SSIM ↑", 4),
        new("ssim-y", "SSIM of luma ↑", 4),
        new("lpips", "LPIPS ↓", 4),
        new("niqe", "NIQE ↓", 2),
        new("auc", "AuC (%) ↑", 2),
    ];

    /// <summary>The display of a metric; one that is not known shows its name and four digits.</summary>
    public static MetricDisplay Of(string name) => Known.FirstOrDefault(display => display.Name == name) ?? new MetricDisplay(name, name, 4);

    /// <summary>Known metrics in the order above, then the others by name.</summary>
    public static IEnumerable<string> Ordered(IEnumerable<string> names) => names.Distinct()
        .OrderBy(name => Array.FindIndex(Known, display => display.Name == name) is >= 0 and var at ? at : int.MaxValue)
        .ThenBy(name => name, StringComparer.Ordinal);

    /// <summary>A value.</summary>
    public string Format(double value) => value switch
    {
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        _ => value.ToString($"F{Digits}", CultureInfo.InvariantCulture),
    };

    /// <summary>A mean and half its interval, or a dash where there is none.</summary>
    public string Format(Estimate? estimate) => estimate is { } known
        ? known.HalfWidth is { } half ? $"{Format(known.Mean)} ± {Format(half)}" : Format(known.Mean)
        : "–";

    /// <summary>As <see cref="Format(Estimate?)"/>, with a sign.</summary>
    public string FormatDifference(Estimate? estimate) => estimate is { Mean: >= 0 } ? $"+{Format(estimate)}" : Format(estimate).Replace('-', '−');
}
