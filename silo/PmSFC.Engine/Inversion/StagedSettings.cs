using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>How a method shares its steps between two searches, the second of which goes on from what the first has found.</summary>
/// <param name="Share">Share of the steps that the first search has, above 0.</param>
/// <param name="StepSize">Its step size.</param>
internal sealed record StagedSettings(double Share, double StepSize)
{
    public const string StartShare = "start-share",
        StartLearningRate = "start-learning-rate";

    /// <param name="share">The default share.</param>
    /// <param name="sought">What the first search looks for, and as which method does.</param>
    /// <param name="then">What the other steps do.</param>
    /// <param name="learningRate">The default step size of the first search.</param>
    public static IEnumerable<SettingDefinition> Definitions(string share, string sought, string then, string learningRate) =>
        [
            new(StartShare, SettingKind.Number, share, $"share of the steps that look for {sought}; the others {then}")
            {
                Minimum = 0,
                Maximum = 1,
                ExcludesMinimum = true,
            },
            new(StartLearningRate, SettingKind.Number, learningRate, "step size of the steps that come first")
            {
                Minimum = 0,
                ExcludesMinimum = true,
                Maximum = 1e6,
            },
        ];

    public static StagedSettings Bind(ResolvedSettings settings) => new(settings.Number(StartShare), settings.Number(StartLearningRate));

    /// <summary>Begins the first search.</summary>
    /// <param name="all">How both are optimized; the step size is the second's.</param>
    /// <param name="first">Begins the first search.</param>
    /// <param name="second">
    /// Begins the second from what the first has found, with the first's steps counted as done; its settings have the second's steps and one step size.
    /// </param>
    public StagedRun Start(
        OptimizationSettings all,
        Func<OptimizationSettings, OptimizationRun> first,
        Func<OptimizationSettings, int, OptimizationRun> second
    )
    {
        var early = Math.Clamp((int)Math.Round(Share * all.Steps), 1, all.Steps);
        var late = all.Steps - early;
        return new StagedRun(first(all with { Steps = early, StepSize = StepSize }), late, () =>
            second(all with { Steps = late, Schedule = LearningRateSchedule.Whole }, early)
        );
    }
}
