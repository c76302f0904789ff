namespace PmSFC.Engine.Settings;

/// <summary>The outcome of a preset and a user's values.</summary>
/// <param name="Settings">All settings; <see langword="null"/> where there is an issue.</param>
/// <param name="Issues">Every issue found, not just the first.</param>
public sealed record SettingsResolution(ResolvedSettings? Settings, IReadOnlyList<SettingIssue> Issues);
