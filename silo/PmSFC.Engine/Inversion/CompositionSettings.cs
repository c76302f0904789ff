using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>The settings of a method that composes features.</summary>
/// <param name="Split">l: blocks in G1.</param>
/// <param name="Codes">Latent codes: K in each subspace, or N.</param>
/// <param name="WeightPace">What the step size of composition weights is, as a multiple of the codes'.</param>
/// <param name="Optimization">How both are optimized.</param>
internal sealed record CompositionSettings(int Split, int Codes, double WeightPace, OptimizationSettings Optimization)
{
    public static CompositionSettings Bind(ResolvedSettings settings) =>
        new(
            SplitSetting.Bind(settings),
            settings.Integer(OptimizationSettings.Codes),
            settings.Number(OptimizationSettings.WeightPace),
            OptimizationSettings.Bind(settings)
        );
}
