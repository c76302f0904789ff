using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// Where the preset <c>tuned</c> of the methods that compose features cuts the generator: later for an inversion, which gains from every finer map at
/// the price of its time, than for a task, where what was lost has to come from G1.
/// </summary>
internal static class TunedSplit
{
    /// <summary>The preset's own value.</summary>
    public static IReadOnlyDictionary<string, string> ForInversion { get; } = At("5");

    /// <summary>Its variants for tasks.</summary>
    public static IReadOnlyDictionary<(string Preset, string Task), IReadOnlyDictionary<string, string>> ForTasks { get; } =
        new[] { "colorization", "super-resolution", "inpainting" }.ToDictionary(task => (PresetNames.Tuned, task), _ => At("3"));

    private static IReadOnlyDictionary<string, string> At(string split) => new Dictionary<string, string> { [SplitSetting.Name] = split };
}
