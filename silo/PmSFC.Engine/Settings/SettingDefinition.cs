using System.Globalization;

namespace PmSFC.Engine.Settings;

/// <summary>A setting's name, type, default and range.</summary>
/// <param name="Name">Lower case, words joined by hyphens.</param>
/// <param name="Kind">How its text is read.</param>
/// <param name="Default">The value where neither a preset nor a user gives one.</param>
/// <param name="Description">One line for people, with the unit.</param>
public sealed record SettingDefinition(string Name, SettingKind Kind, string Default, string Description)
{
    /// <summary>Smallest value allowed; <see langword="null"/> for no limit.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value allowed; <see langword="null"/> for no limit.</summary>
    public double? Maximum { get; init; }

    /// <summary>The value must be greater than <see cref="Minimum"/>, not equal to it.</summary>
    public bool ExcludesMinimum { get; init; }

    /// <summary>The words allowed, for <see cref="SettingKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Besides <see cref="Choices"/>, the value may be the content id of a stored image: 32 lower-case hexadecimal digits.</summary>
    public bool AcceptsImage { get; init; }

    /// <summary>
    /// Resolved settings leave it out where it has its default, and <see cref="ResolvedSettings"/> reads the default there. A setting that is added to a
    /// schema has this, so that the ids of what was stored before it, which are made of all settings, stay what they are.
    /// </summary>
    public bool OmittedAtDefault { get; init; }

    /// <summary>What is allowed, as words: <c>a whole number from 1 to 64</c>.</summary>
    public string Allowed =>
        Kind == SettingKind.Choice
            ? "one of " + string.Join(", ", Choices) + (AcceptsImage ? ", or an image file" : "")
            : (Kind == SettingKind.Integer ? "a whole number" : "a number") + Range;

    private string Range =>
        (Minimum, Maximum) switch
        {
            ({ } low, { } high) when ExcludesMinimum => $" above {Text(low)} and up to {Text(high)}",
            ({ } low, { } high) => $" from {Text(low)} to {Text(high)}",
            ({ } low, null) when ExcludesMinimum => $" above {Text(low)}",
            ({ } low, null) => $" of at least {Text(low)}",
            (null, { } high) => $" of at most {Text(high)}",
            _ => "",
        };

    /// <summary>The one text that stands for <paramref name="value"/>, so that equal settings have equal text.</summary>
    /// <returns><see langword="null"/> where the value is not allowed.</returns>
    public string? Canonicalize(string value)
    {
        var text = value.Trim();
        if (AcceptsImage && IsImage(text))
            return text;
        if (Kind == SettingKind.Choice)
            return Choices.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return null;
        if (Kind == SettingKind.Integer && (number != Math.Truncate(number) || Math.Abs(number) > int.MaxValue))
            return null;
        if (number < Minimum || number > Maximum || (ExcludesMinimum && number == Minimum))
            return null;
        return Text(number == 0 ? 0 : number);
    }

    /// <summary>Whether a value is the content id of an image.</summary>
    public static bool IsImage(string value) => value.Length == 32 && value.All(char.IsAsciiHexDigitLower);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
