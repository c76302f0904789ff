using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PmSFC.Engine.Settings;

/// <summary>All settings of a method in canonical text, in ordinal order of their names.</summary>
public sealed class ResolvedSettings : IReadOnlyDictionary<string, string>, IEquatable<ResolvedSettings>
{
    private readonly SortedDictionary<string, string> _values;

    private ResolvedSettings(IEnumerable<KeyValuePair<string, string>> values)
    {
        _values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
            _values.Add(name, value);
    }

    /// <summary>No settings at all.</summary>
    public static ResolvedSettings None { get; } = new([]);

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _values.Values;

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public string this[string key] =>
        _values.TryGetValue(key, out var value)
            ? value
            : throw new KeyNotFoundException($"There is no setting '{key}' among {string.Join(", ", Keys)}.");

    /// <summary>Takes values that a <see cref="SettingsSchema"/> made canonical before, such as those of a stored job.</summary>
    public static ResolvedSettings FromCanonical(IEnumerable<KeyValuePair<string, string>> values) => new(values);

    /// <summary>A whole-number setting.</summary>
    public int Integer(string name) =>
        int.Parse(this[name], NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);

    /// <summary>A real-number setting.</summary>
    public double Number(string name) => double.Parse(this[name], NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>A setting that is one of a list of words.</summary>
    public string Choice(string name) => this[name];

    /// <summary>A real-number setting that may be left out at its default.</summary>
    public double Number(SettingDefinition setting) => double.Parse(Text(setting), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The canonical text of a setting that may be left out at its default.</summary>
    public string Text(SettingDefinition setting) =>
        TryGetValue(setting.Name, out var value) ? value : setting.Canonicalize(setting.Default)!;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ResolvedSettings? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ResolvedSettings);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary><c>name=value</c> pairs joined by spaces.</summary>
    public override string ToString() => string.Join(' ', _values.Select(pair => $"{pair.Key}={pair.Value}"));
}
