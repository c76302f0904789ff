using System.Globalization;
using System.Numerics;
using System.Text;

namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>
/// A dictionary's entries in the order of their first setting. A key that is a number, a truth value or a tuple of such has the name that Python writes for it;
/// entries of other keys are left out.
/// </summary>
internal sealed class PickledDictionary
{
    private const int LongestName = 512;

    private OrderedDictionary<string, object?>? _entries;
    private HashSet<string>? _literals;

    public IReadOnlyCollection<KeyValuePair<string, object?>> Entries => _entries is null ? [] : _entries;

    public void Set(object? key, object? value)
    {
        var text = Text(key);
        if ((text ?? Literal(key)) is not { } name)
            return;
        (_entries ??= new(StringComparer.Ordinal))[name] = value;
        if (text is null)
            (_literals ??= new(StringComparer.Ordinal)).Add(name);
    }

    /// <summary>Whether an entry's key is no text, so that Python writes it without quotes.</summary>
    public bool IsLiteral(string name) => _literals?.Contains(name) == true;

    public bool Contains(string name) => _entries?.ContainsKey(name) == true;

    public object? Get(string name) => _entries?.GetValueOrDefault(name);

    /// <summary>Text of a name's length, also where Python 2 stored it as bytes; null where the value is none.</summary>
    public static string? Text(object? value) =>
        value switch
        {
            string { Length: <= LongestName } text => text,
            PickledBytes { Content.Length: <= LongestName } bytes => Encoding.Latin1.GetString(bytes.Content.Span),
            _ => null,
        };

    private static string? Literal(object? key) =>
        key switch
        {
            long or BigInteger or double or bool => Convert.ToString(key, CultureInfo.InvariantCulture),
            PickledSequence { Items: { Count: > 0 and <= 4 } items }
                when items.TrueForAll(item => item is long or double or string { Length: < 64 }) =>
                $"({string.Join(", ", items.Select(item => item is string text ? $"'{text}'" : Literal(item)))}{(items.Count == 1 ? "," : "")})",
            _ => null,
        };
}
