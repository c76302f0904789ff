using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>The setting that says how the step size changes over a search.</summary>
internal static class LearningRateSchedule
{
    public const string Name = "schedule";
    public const string Constant = "constant";
    public const string Halving = "halving";

    /// <summary>After which fifteenths of the iterations the step size halves: 800, 1200 and 1800 of 3000, as in Bau et al. 2019.</summary>
    private static readonly int[] Fifteenths = [4, 6, 9];

    public static SettingDefinition Definition { get; } = new(
        Name, SettingKind.Choice, Halving, "step size: constant, or halved after 4/15, 6/15 and 9/15 of the steps") { Choices = [Constant, Halving] };

    /// <summary>What the step size is multiplied by.</summary>
    /// <param name="settings">Settings with this one among them.</param>
    /// <param name="iteration">Iterations done before.</param>
    /// <param name="iterations">Iterations in all.</param>
    public static double Pace(ResolvedSettings settings, int iteration, int iterations) =>
        settings.Choice(Name) == Constant ? 1 : Math.Pow(0.5, Fifteenths.Count(part => 15L * iteration >= (long)part * iterations));
}
