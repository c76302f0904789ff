namespace PmSFC.Engine.Settings;

/// <summary>What settings are resolved for, where that changes what presets mean.</summary>
/// <param name="Task">Name of the task, by which <see cref="SettingsSchema.Variants"/> are found.</param>
/// <param name="Values">Values that go over those of defaults and presets; names that a schema does not know are left out.</param>
public sealed record SettingsContext(string Task, IReadOnlyDictionary<string, string> Values);
