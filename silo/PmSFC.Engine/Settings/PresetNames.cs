namespace PmSFC.Engine.Settings;

/// <summary>What the presets of methods, discoveries and trainings are called.</summary>
public static class PresetNames
{
    /// <summary>The values that the method's authors give.</summary>
    public const string Paper = "paper";

    /// <summary>Those that a search on photographs found (docs/presets.md).</summary>
    public const string Tuned = "tuned";

    /// <summary>Those of methods that compose features, on a generator with styles: codes are styles.</summary>
    public const string TunedStyles = "tuned-styles";

    /// <summary>A training of a few minutes, which shows that all works.</summary>
    public const string Quick = "quick";
}
