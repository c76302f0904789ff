using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>The setting that says how the step size changes over a search.</summary>
internal static class LearningRateSchedule
{
    public const string Name = "schedule";
    public const string Constant = "constant";
    public const string Halving = "halving";
    public const string Cosine = "cosine";

    /// <summary>After which fifteenths of the iterations the step size halves: 800, 1200 and 1800 of 3000, as in Bau et al. 2019.</summary>
    private static readonly int[] Fifteenths = [4, 6, 9];

    /// <summary>What share of the iterations has the whole step size before a cosine begins to fall.</summary>
    private const double FullShare = 0.8;

    public static SettingDefinition Definition(string byDefault) => new(
        Name,
        SettingKind.Choice,
        byDefault,
        "step size: constant; halved after 4/15, 6/15 and 9/15 of the steps; or constant for four fifths of them and then falling to 0 along half a cosine")
    {
        Choices = [Constant, Halving, Cosine],
    };

    /// <summary>What the step size is multiplied by.</summary>
    /// <param name="settings">Settings with this one among them.</param>
    /// <param name="iteration">Iterations done before.</param>
    /// <param name="iterations">Iterations in all.</param>
    public static double LearningRateScale(ResolvedSettings settings, int iteration, int iterations) => settings.Choice(Name) switch
    {
        Halving => Math.Pow(0.5, Fifteenths.Count(part => 15L * iteration >= (long)part * iterations)),
        Cosine => 0.5 * (1 + Math.Cos(Math.PI * Math.Max(0, (iteration - FullShare * iterations) / ((1 - FullShare) * iterations)))),
        _ => 1,
    };
}
