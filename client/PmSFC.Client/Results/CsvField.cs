using System.Globalization;
using System.Text.RegularExpressions;

namespace PmSFC.Client.Results;

/// <summary>Fields of files in CSV.</summary>
internal static partial class CsvField
{
    /// <summary>
    /// A field as RFC 4180 has it, and as no spreadsheet takes for a formula: text that begins like one has an apostrophe before it, as OWASP recommends.
    /// What is a number, a negative one too, stays a number.
    /// </summary>
    public static string Of(string field)
    {
        var isFormula = FormulaStart().IsMatch(field) && !double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        var text = isFormula ? $"'{field}" : field;
        return text.AsSpan().IndexOfAny(",\"\n\r\t") >= 0 || isFormula
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }

    /// <summary>A number in full; empty where there is none.</summary>
    public static string Of(double? number) =>
        number is { } known && !double.IsNaN(known) ? known.ToString("R", CultureInfo.InvariantCulture) : "";

    // The full-width forms too, which spreadsheets of East Asian locales read alike.
    [GeneratedRegex(@"\A[\s\u0000]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|\A[\t\r\n]")]
    private static partial Regex FormulaStart();
}
