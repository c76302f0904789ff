using System.Globalization;
using System.Net;
using PmSFC.Wording;

namespace PmSFC.Client.Reports;

/// <summary>Text and images as HTML.</summary>
internal static class Html
{
    /// <summary>The text with all that HTML reads as markup escaped, for elements and quoted attributes.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(ShownText.Lines(text));

    /// <summary>A whole number.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A formatted estimate, whose interval (from <c>±</c> on) the style sheet shows smaller.</summary>
    public static string Spread(string value) =>
        value.IndexOf('±') is > 0 and var at ? $"{value[..at]}<span class=\"pm\">{value[at..]}</span>" : value;

    /// <summary>Settings as a list of definitions.</summary>
    public static string Settings(IEnumerable<KeyValuePair<string, string>> settings) =>
        string.Concat(
            "<dl>",
            string.Concat(settings.Select(setting => $"<dt>{Text(setting.Key)}</dt><dd><code>{Text(setting.Value)}</code></dd>")),
            "</dl>"
        );

    /// <summary>An image as a data URI.</summary>
    public static string DataUri(string mediaType, ReadOnlySpan<byte> content) =>
        $"data:{mediaType};base64,{Convert.ToBase64String(content)}";
}
