namespace PmSFC.SiloHost.Configuration;

/// <summary>One setting of a silo: a key of the file, <c>--key</c> of the arguments and <c>PMSFC_KEY</c> of the environment.</summary>
/// <param name="Key">Lower-case words joined by <c>-</c>.</param>
/// <param name="HelpName">What its value is called in the help.</param>
/// <param name="Default">Its value where nothing gives one; empty for none.</param>
/// <param name="Description">What it is, for the help.</param>
internal sealed record SettingDefinition(string Key, string HelpName, string Default, string Description)
{
    /// <summary>The environment variable.</summary>
    public string Variable => $"PMSFC_{Key.Replace('-', '_').ToUpperInvariant()}";
}
