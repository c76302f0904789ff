using System.Globalization;
using PmSFC.Client.Results;
using PmSFC.Wording;

namespace PmSFC.Client.Gates;

/// <summary>
/// How much worse one sweep may be than another: a bound on the mean difference B − A of a metric. It stands on the side of the worse
/// numbers, so that it is <c>&gt;=</c> for a metric whose higher numbers are better and <c>&lt;=</c> for the others.
/// </summary>
/// <param name="Metric">The metric.</param>
/// <param name="Bound">The bound, in the metric's unit.</param>
public sealed record Gate(MetricDisplay Metric, double Bound)
{
    /// <summary>What a gate is, as the end of a sentence.</summary>
    public const string Form = "a metric, '>=' or '<=', and a number for the difference B - A, such as 'psnr >= -0.1'";

    private const string Floor = ">=",
        Ceiling = "<=";

    /// <summary>The gate as it is written.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Metric.Name} {OperatorOf(Metric)} {Bound}");

    /// <summary>Whether an interval of the difference excludes the gate.</summary>
    /// <exception cref="ArgumentException">The difference has no interval.</exception>
    public bool IsBrokenBy(Estimate difference) =>
        difference is { Low: { } low, High: { } high }
            ? Metric.HigherIsBetter == true
                ? high < Bound
                : low > Bound
            : throw new ArgumentException("A difference without an interval breaks no gate and passes none.", nameof(difference));

    /// <summary>Reads a gate.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="known">The metrics.</param>
    /// <param name="gate">The gate where nothing is wrong.</param>
    /// <returns>Null, or what is wrong, as a clause that follows "but".</returns>
    public static string? Read(string text, IReadOnlyList<MetricDisplay> known, out Gate? gate)
    {
        gate = null;
        var start = text.AsSpan().IndexOfAny('<', '>', '=');
        if (start < 0 || text[..start].Trim() is not { Length: > 0 } name)
            return $"must be {Form}";
        var length = text.AsSpan(start).IndexOfAnyExcept('<', '>', '=') is var end and >= 0 ? end : text.Length - start;
        if (known.FirstOrDefault(metric => metric.Name == name) is not { HigherIsBetter: not null } found)
            return $"there is no metric '{name}'"
                + (
                    Spelling.Nearest(name, known.Select(metric => metric.Name)) is { } nearest
                        ? $"; did you mean '{nearest}'?"
                        : $"; the metrics are {string.Join(", ", known.Select(metric => metric.Name))}"
                );
        var (written, number) = (text.Substring(start, length), text[(start + length)..].Trim());
        if (written is not (Floor or Ceiling))
            return $"'{written}' is none of its operators; write '{name} {OperatorOf(found)} {number}'";
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(number, Decimal, CultureInfo.InvariantCulture, out var bound) || !double.IsFinite(bound))
            return $"'{number}' is not a number with a point before decimals; it must be {Form}";
        if (written != OperatorOf(found))
            return $"a {(found.HigherIsBetter == true ? "higher" : "lower")} {name} is better, so that this would fail where B improves; "
                + $"write '{name} {OperatorOf(found)} {number}'";
        gate = new Gate(found, bound);
        return null;
    }

    private static string OperatorOf(MetricDisplay metric) => metric.HigherIsBetter == true ? Floor : Ceiling;
}
