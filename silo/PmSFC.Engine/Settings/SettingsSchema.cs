using PmSFC.Wording;

namespace PmSFC.Engine.Settings;

/// <summary>The settings that a method knows, and its named presets.</summary>
public sealed class SettingsSchema
{
    private static readonly Dictionary<string, string> NoValues = [];

    private readonly Dictionary<string, SettingDefinition> _definitions;

    /// <summary>Checks the definitions and presets against each other.</summary>
    /// <param name="definitions">The settings.</param>
    /// <param name="presets">Values by preset.</param>
    /// <param name="variants">
    /// What a preset has other than elsewhere where it serves one task, or (<see cref="SettingsContext.Variant"/>) a task with one value of a setting.
    /// </param>
    /// <exception cref="ArgumentException">A default or a preset's value is not allowed by its definition.</exception>
    public SettingsSchema(
        IEnumerable<SettingDefinition> definitions,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> presets,
        IReadOnlyDictionary<(string Preset, string Task), IReadOnlyDictionary<string, string>>? variants = null
    )
    {
        _definitions = definitions.ToDictionary(definition => definition.Name, StringComparer.Ordinal);
        Presets = presets;
        Variants = variants ?? new Dictionary<(string, string), IReadOnlyDictionary<string, string>>();
        foreach (var (preset, task) in Variants.Keys)
        {
            if (Resolve(preset, NoValues, new SettingsContext(task, NoValues)).Issues is [var issue, ..])
                throw new ArgumentException($"The preset '{preset}' cannot be used for the task '{task}': {issue.Message}");
        }

        foreach (var preset in presets.Keys.Append(null))
        {
            if (Resolve(preset, NoValues).Issues is [var issue, ..])
                throw new ArgumentException($"The {(preset is null ? "defaults" : $"preset '{preset}'")} cannot be used: {issue.Message}");
        }
    }

    /// <summary>No settings at all.</summary>
    public static SettingsSchema Empty { get; } = new([], new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Every setting, in the order of its declaration.</summary>
    public IReadOnlyCollection<SettingDefinition> Definitions => _definitions.Values;

    /// <summary>Values by preset; settings that a preset does not name keep their default.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Presets { get; }

    /// <summary>Values that a preset has over its own for one task alone, or for one value of a task's setting, which come last.</summary>
    public IReadOnlyDictionary<(string Preset, string Task), IReadOnlyDictionary<string, string>> Variants { get; }

    /// <summary>
    /// Fills in defaults, then a preset, then what the task replaces, then the preset's variants for the task, then the user's values, and makes all
    /// of them canonical. Settings that are <see cref="SettingDefinition.OmittedAtDefault"/> are left out where they have their default.
    /// </summary>
    /// <param name="preset">One of <see cref="Presets"/>, or <see langword="null"/> for the defaults alone.</param>
    /// <param name="overrides">The user's values by name.</param>
    /// <param name="context">The task, or <see langword="null"/> for inversion proper.</param>
    public SettingsResolution Resolve(string? preset, IReadOnlyDictionary<string, string> overrides, SettingsContext? context = null)
    {
        var issues = new List<SettingIssue>();
        var values = _definitions.Values.ToDictionary(
            definition => definition.Name,
            definition => definition.Default,
            StringComparer.Ordinal
        );
        if (preset is not null && !Presets.ContainsKey(preset))
            issues.Add(UnknownName(SettingIssue.Preset, "preset", preset, Presets.Keys));
        var forTask = context is null ? [] : context.Values.Where(value => _definitions.ContainsKey(value.Key));
        var variants =
            context is null || preset is null
                ? []
                : context.Variants.SelectMany(variant => Variants.GetValueOrDefault((preset, variant), NoValues));
        foreach (var (name, value) in Presets.GetValueOrDefault(preset ?? "", NoValues).Concat(forTask).Concat(variants).Concat(overrides))
        {
            if (_definitions.ContainsKey(name))
                values[name] = value;
            else
                issues.Add(UnknownName(name, "setting", name, _definitions.Keys));
        }

        foreach (var definition in _definitions.Values)
        {
            var value = values[definition.Name];
            if (definition.Canonicalize(value) is not { } canonical)
                issues.Add(new SettingIssue(definition.Name, $"'{definition.Name}' is {value}, but must be {definition.Allowed}."));
            else if (definition.OmittedAtDefault && canonical == definition.Canonicalize(definition.Default))
                values.Remove(definition.Name);
            else
                values[definition.Name] = canonical;
        }

        return new SettingsResolution(issues.Count == 0 ? ResolvedSettings.FromCanonical(values) : null, issues);
    }

    /// <summary>The canonical text of a setting, also where it is left out at its default.</summary>
    /// <param name="settings">Settings that this schema has resolved.</param>
    /// <param name="name">The name of one of its <see cref="Definitions"/>.</param>
    public string TextOf(ResolvedSettings settings, string name) => settings.Text(_definitions[name]);

    private static SettingIssue UnknownName(string setting, string what, string name, IEnumerable<string> known) =>
        new(setting, Spelling.Unknown(what, name, known));
}
