using System.Globalization;
using System.Text;

namespace PmSFC.Wording;

/// <summary>
/// Text that may come from names of files, labels and contents of files, made safe to show: a terminal obeys control characters, a line break makes a
/// second line that looks like the product's own, and marks of direction reorder what is read.
/// </summary>
public static class ShownText
{
    /// <summary>The text on one line, with control characters and marks of direction written as <c>\n</c>, <c>\t</c> or <c>\u202E</c>.</summary>
    public static string Line(string text) => Escape(text, keepsLines: false);

    /// <summary>The same for text of several lines, which stay lines.</summary>
    public static string Lines(string text) => Escape(text, keepsLines: true);

    private static string Escape(string text, bool keepsLines)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(c => IsUnsafe(c) && !(keepsLines && c == '\n')))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in keepsLines ? text.ReplaceLineEndings("\n") : text)
        {
            if (!IsUnsafe(c) || (keepsLines && c == '\n'))
                shown.Append(c);
            else if (c == '\n')
                shown.Append("\\n");
            else if (c == '\r')
                shown.Append("\\r");
            else if (c == '\t')
                shown.Append("\\t");
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }

        return shown.ToString();
    }

    // Half a surrogate pair cannot be encoded, which is a question of the writer and not of safety.
    private static bool IsUnsafe(char c) =>
        char.IsControl(c)
        || c
            is '\u2028'
                or '\u2029'
                or '\u061C'
                or '\u200E'
                or '\u200F'
                or (>= '\u202A' and <= '\u202E')
                or (>= '\u2066' and <= '\u2069')
                or '\uFEFF';
}
