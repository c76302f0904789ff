using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Sam;

/// <summary>The correction of <see cref="SamMethod"/>.</summary>
/// <param name="Split">l: blocks before it.</param>
/// <param name="CorrectionWeight">Weight of its mean square.</param>
/// <param name="StyleWeight">Weight of the styles' distances from the one of the first place.</param>
internal sealed record CorrectionSettings(int Split, double CorrectionWeight, double StyleWeight)
{
    public static CorrectionSettings Bind(ResolvedSettings settings) =>
        new(SplitSetting.Bind(settings), settings.Number(SamMethod.CorrectionWeight), settings.Number(SamMethod.StyleWeight));
}
