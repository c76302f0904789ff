namespace PmSFC.Engine.Settings;

/// <summary>What settings are resolved for, where that changes what presets mean.</summary>
/// <param name="Task">Name of the task, by which <see cref="SettingsSchema.Variants"/> are found.</param>
/// <param name="Values">Values that go over those of defaults and presets; names that a schema does not know are left out.</param>
public sealed record SettingsContext(string Task, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Settings of the task, in canonical text, by which variants for one of their values are found.</summary>
    public IReadOnlyDictionary<string, string> TaskSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The names of the variants that are meant, the most general one first: the task's, then those of its settings' values.</summary>
    public IEnumerable<string> Variants => TaskSettings.Select(setting => Variant(Task, setting.Key, setting.Value)).Prepend(Task);

    /// <summary>The name of the variant for a task where one of its settings has a value.</summary>
    public static string Variant(string task, string setting, string value) => $"{task} {setting}={value}";
}
