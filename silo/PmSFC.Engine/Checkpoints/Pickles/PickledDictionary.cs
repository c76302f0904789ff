using System.Text;

namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>A dictionary's entries whose keys are text, in the order of their first setting; others carry no tensors that anybody asks for.</summary>
internal sealed class PickledDictionary
{
    private const int LongestName = 512;

    private OrderedDictionary<string, object?>? _entries;

    public IReadOnlyCollection<KeyValuePair<string, object?>> Entries => _entries is null ? [] : _entries;

    public void Set(object? key, object? value)
    {
        if (Text(key) is { } name) (_entries ??= new(StringComparer.Ordinal))[name] = value;
    }

    public bool Contains(string name) => _entries?.ContainsKey(name) == true;

    public object? Get(string name) => _entries?.GetValueOrDefault(name);

    /// <summary>Text of a name's length, also where Python 2 stored it as bytes; null where the value is none.</summary>
    public static string? Text(object? value) => value switch
    {
        string { Length: <= LongestName } text => text,
        PickledBytes { Content.Length: <= LongestName } bytes => Encoding.Latin1.GetString(bytes.Content.Span),
        _ => null,
    };
}
