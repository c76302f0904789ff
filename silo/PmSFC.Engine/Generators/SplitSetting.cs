using System.Globalization;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Generators;

/// <summary>The setting that says where a generator is cut into G1 and G2.</summary>
public static class SplitSetting
{
    /// <summary>The setting's name.</summary>
    public const string Name = "split";

    /// <summary>The definition with a method's own default.</summary>
    public static SettingDefinition Definition(int byDefault) =>
        new(
            Name,
            SettingKind.Integer,
            byDefault.ToString(CultureInfo.InvariantCulture),
            "split layer l: number of convolutional blocks in G1 (1, 2 at 4x4; 3, 4 at 8x8; 5, 6 at 16x16; ...)"
        )
        {
            Minimum = 1,
            Maximum = 17,
        };

    /// <summary>l: blocks in G1.</summary>
    public static int Bind(ResolvedSettings settings) => settings.Integer(Name);

    /// <summary>Whether a generator can be cut there.</summary>
    public static IEnumerable<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var split = Bind(settings);
        if (!architecture.IsSplit(split))
        {
            yield return new SettingIssue(
                Name,
                $"'{Name}' is {split}, but this {architecture.Resolution}-pixel generator can be cut after 1 to {architecture.LargestSplit} blocks."
            );
        }
    }
}
