using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>The presets of methods that a search on photographs found (docs/presets.md).</summary>
public static class TunedPresets
{
    /// <summary>Which one suits a method on a generator.</summary>
    /// <param name="schema">The method's settings.</param>
    /// <param name="architecture">The generator's sizes.</param>
    public static string Of(SettingsSchema schema, GeneratorArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(architecture);
        return architecture.Synthesis is not null && schema.Presets.ContainsKey(PresetNames.TunedStyles)
            ? PresetNames.TunedStyles
            : PresetNames.Tuned;
    }
}
