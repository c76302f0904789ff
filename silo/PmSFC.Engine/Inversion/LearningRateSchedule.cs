using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>How the step size changes over a search, and the setting that says so.</summary>
internal sealed class LearningRateSchedule
{
    public const string Name = "schedule";
    public const string Constant = "constant";
    public const string Halving = "halving";
    public const string Cosine = "cosine";
    public const string Ramps = "ramps";

    /// <summary>After which fifteenths of the iterations the step size halves: 800, 1200 and 1800 of 3000, as in Bau et al. 2019.</summary>
    private static readonly int[] Fifteenths = [4, 6, 9];

    /// <summary>What share of the iterations has the whole step size before a cosine begins to fall.</summary>
    private const double FullShare = 0.8;

    /// <summary>Over what shares of the iterations ramps lead up to the whole step size and down from it, as in Karras et al. 2020.</summary>
    private const double RampUp = 0.05,
        RampDown = 0.25;

    public static SettingDefinition Definition(string byDefault) =>
        new(
            Name,
            SettingKind.Choice,
            byDefault,
            "step size: constant; halved after 4/15, 6/15 and 9/15 of the steps; constant for four fifths of them and then falling to 0 along half a cosine; "
                + "or rising for a twentieth of them and falling along half a cosine in the last quarter"
        )
        {
            Choices = [Constant, Halving, Cosine, Ramps],
        };

    private readonly Func<int, int, double> _scale;

    private LearningRateSchedule(Func<int, int, double> scale) => _scale = scale;

    /// <summary>The whole step size throughout.</summary>
    public static LearningRateSchedule Whole { get; } = new((_, _) => 1);

    private static LearningRateSchedule Halved { get; } =
        new((iteration, iterations) => Math.Pow(0.5, Fifteenths.Count(part => 15L * iteration >= (long)part * iterations)));

    private static LearningRateSchedule Falling { get; } =
        new(
            (iteration, iterations) =>
                0.5 * (1 + Math.Cos(Math.PI * Math.Max(0, (iteration - FullShare * iterations) / ((1 - FullShare) * iterations))))
        );

    private static LearningRateSchedule Ramping { get; } =
        new(
            (iteration, iterations) =>
            {
                var done = (double)iteration / iterations;
                var falling = Math.Min(1, (1 - done) / RampDown);
                return (0.5 - 0.5 * Math.Cos(Math.PI * falling)) * Math.Min(1, done / RampUp);
            }
        );

    public static LearningRateSchedule Bind(ResolvedSettings settings) =>
        settings.Choice(Name) switch
        {
            Halving => Halved,
            Cosine => Falling,
            Ramps => Ramping,
            _ => Whole,
        };

    /// <summary>What the step size is multiplied by.</summary>
    /// <param name="iteration">Iterations done before.</param>
    /// <param name="iterations">Iterations in all.</param>
    public double Scale(int iteration, int iterations) => _scale(iteration, iterations);
}
