namespace PmSFC.Engine.Settings;

/// <summary>Why a setting cannot be used.</summary>
/// <param name="Setting">The setting's name, or <c>preset</c>.</param>
/// <param name="Message">One sentence that says what is wrong and what is allowed.</param>
public sealed record SettingIssue(string Setting, string Message);
