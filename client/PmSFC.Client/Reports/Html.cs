using System.Net;
using PmSFC.Wording;

namespace PmSFC.Client.Reports;

/// <summary>Text and images as HTML.</summary>
internal static class Html
{
    /// <summary>The text with all that HTML reads as markup escaped, for elements and quoted attributes.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(ShownText.Lines(text));

    /// <summary>An image as a data URI.</summary>
    public static string DataUri(string mediaType, ReadOnlySpan<byte> content) => $"data:{mediaType};base64,{Convert.ToBase64String(content)}";
}
