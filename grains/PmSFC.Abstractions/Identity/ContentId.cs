using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PmSFC.Abstractions.Identity;

/// <summary>
/// Names a thing by what it is: the first 128 bits of a SHA-256 over a canonical text, as 32 lower-case hexadecimal digits.
/// The text is the kind, then one line <c>field: value</c> for each field in the order given, values as JSON, so that no two
/// different things share a text.
/// </summary>
public sealed class ContentId
{
    private readonly StringBuilder _text = new();

    /// <summary>Starts the canonical text of a thing of one kind, for example <c>job</c>.</summary>
    public ContentId(string kind) => _text.Append(kind).Append('\n');

    /// <summary>Adds a field; null is a value of its own.</summary>
    public ContentId With(string field, string? value)
    {
        _text.Append(field).Append(": ").Append(JsonSerializer.Serialize(value)).Append('\n');
        return this;
    }

    /// <summary>Adds a whole number.</summary>
    public ContentId With(string field, long value) => With(field, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds settings in the order of their names.</summary>
    public ContentId With(string field, IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings.OrderBy(s => s.Key, StringComparer.Ordinal))
            With($"{field}.{name}", value);
        return this;
    }

    /// <summary>The id: 32 hexadecimal digits.</summary>
    public override string ToString() => Hash(Encoding.UTF8.GetBytes(_text.ToString()));

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsValid(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The id of raw content: the first 128 bits of its SHA-256 in hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));

    /// <summary>A seed for random draws that an id determines: its first 63 bits, so never negative.</summary>
    public static long Seed(string id) =>
        long.Parse(id.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & long.MaxValue;
}
