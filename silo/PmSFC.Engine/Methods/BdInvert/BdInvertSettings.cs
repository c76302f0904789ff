using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.BdInvert;

/// <summary>The base code and the styles of <see cref="BdInvertMethod"/>.</summary>
/// <param name="Split">l: blocks that the base code stands for.</param>
/// <param name="BaseWeight">Weight of its mean squared distance from where it begins.</param>
/// <param name="StyleWeight">Weight of the styles' distance from where the mapping puts them.</param>
/// <param name="StyleSamples">Codes whose styles say where that is.</param>
internal sealed record BdInvertSettings(int Split, double BaseWeight, double StyleWeight, int StyleSamples)
{
    public static BdInvertSettings Bind(ResolvedSettings settings) =>
        new(
            SplitSetting.Bind(settings),
            settings.Number(BdInvertMethod.BaseWeight),
            settings.Number(BdInvertMethod.StyleWeight),
            settings.Integer(BdInvertMethod.StyleSamples)
        );
}
