using System.Collections.Immutable;
using System.Globalization;

namespace PmSFC.Client.Results;

/// <summary>How a metric is shown to people.</summary>
public sealed record MetricDisplay
{
    /// <summary>The metric's name in results.</summary>
    public required string Name { get; init; }

    /// <summary>What heads its column, with its unit.</summary>
    public required string Title { get; init; }

    /// <summary>Whether the higher number is the better one; null where that is not known.</summary>
    public required bool? HigherIsBetter { get; init; }

    /// <summary>Digits after the point.</summary>
    public required int Digits { get; init; }

    /// <summary>Whether results have it only after somebody has measured it, because it needs weights.</summary>
    public bool NeedsWeights { get; init; }

    /// <summary>Which definition of it numbers follow that are measured now.</summary>
    public int Definition { get; init; } = 1;

    /// <summary>The title with an arrow to where the numbers are better.</summary>
    public string Heading =>
        HigherIsBetter switch
        {
            true => $"{Title} ↑",
            false => $"{Title} ↓",
            null => Title,
        };

    /// <summary>This metric's estimate among those of a row, or null where the row has none.</summary>
    internal Estimate? EstimateIn(IReadOnlyDictionary<string, Estimate> estimates) =>
        estimates.TryGetValue(Name, out var estimate) ? estimate : null;

    /// <summary>A metric of which results have nothing but the name.</summary>
    public static MetricDisplay Unknown(string name) =>
        new()
        {
            Name = name,
            Title = name,
            HigherIsBetter = null,
            Digits = 4,
        };

    /// <summary>The metrics among <paramref name="known"/> that results have, in its order, then the others that they have by name.</summary>
    public static ImmutableArray<MetricDisplay> Of(IEnumerable<string> names, IReadOnlyList<MetricDisplay> known)
    {
        var present = names.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. known.Where(display => present.Contains(display.Name)),
            .. present.Except(known.Select(display => display.Name)).Order(StringComparer.Ordinal).Select(Unknown),
        ];
    }

    /// <summary>A value.</summary>
    public string Format(double value) =>
        value switch
        {
            double.PositiveInfinity => "∞",
            double.NegativeInfinity => "−∞",
            double.NaN => "–",
            _ => value.ToString($"F{Digits}", CultureInfo.InvariantCulture),
        };

    /// <summary>A mean, half its interval and how many values are infinite, as those of exact images are; a dash where there is none.</summary>
    public string Format(Estimate? estimate) =>
        $"{FormatMean(estimate)}{Infinite(estimate, HigherIsBetter == false ? "infinite" : "exact")}";

    /// <summary>As <see cref="Format(Estimate?)"/>, with a sign.</summary>
    public string FormatDifference(Estimate? estimate) =>
        $"{(estimate is { Mean: >= 0 } ? "+" : "")}{FormatMean(estimate).Replace('-', '−')}{Infinite(estimate, "infinite")}";

    private string FormatMean(Estimate? estimate) =>
        estimate is { } known
            ? known.HalfWidth is { } half
                ? $"{Format(known.Mean)} ± {Format(half)}"
                : Format(known.Mean)
            : "–";

    private static string Infinite(Estimate? estimate, string word) =>
        estimate is { Infinite: > 0 } known
            ? string.Create(CultureInfo.InvariantCulture, $", {known.Infinite} of {known.Total} {word}")
            : "";
}
