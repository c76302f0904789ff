namespace PmSFC.Engine.Settings;

/// <summary>Why a setting cannot be used.</summary>
/// <param name="Setting">The setting's name, or <see cref="Preset"/> or <see cref="Method"/>.</param>
/// <param name="Message">One sentence that says what is wrong and what is allowed.</param>
public sealed record SettingIssue(string Setting, string Message)
{
    /// <summary>Stands for the choice of a preset.</summary>
    public const string Preset = "preset";

    /// <summary>Stands for the choice of what has the settings.</summary>
    public const string Method = "method";
}
