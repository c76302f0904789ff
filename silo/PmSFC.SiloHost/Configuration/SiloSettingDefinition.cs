namespace PmSFC.SiloHost.Configuration;

/// <summary>One setting of a silo: a key of the file, <c>--key</c> of the arguments and <c>PMSFC_KEY</c> of the environment.</summary>
/// <param name="Key">Lower-case words joined by <c>-</c>.</param>
/// <param name="HelpName">What its value is called in the help.</param>
/// <param name="Default">Its value where nothing gives one; empty for none.</param>
/// <param name="Description">What it is, for the help.</param>
internal sealed record SiloSettingDefinition(string Key, string HelpName, string Default, string Description)
{
    /// <summary>The key that it had in earlier versions, which is read as well, or null.</summary>
    public string? EarlierKey { get; init; }

    /// <summary>The environment variable.</summary>
    public string Variable => VariableOf(Key);

    /// <summary>The environment variable of the earlier key, or null.</summary>
    public string? EarlierVariable => EarlierKey is null ? null : VariableOf(EarlierKey);

    private static string VariableOf(string key) => $"PMSFC_{key.Replace('-', '_').ToUpperInvariant()}";
}
