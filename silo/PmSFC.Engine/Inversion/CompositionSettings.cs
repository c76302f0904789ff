using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>The settings of a method that composes features.</summary>
/// <param name="Split">l: blocks in G1.</param>
/// <param name="Codes">Latent codes: K in each subspace, or N.</param>
/// <param name="WeightPace">What the step size of composition weights is, as a multiple of the codes'.</param>
/// <param name="Styles">What they do with a generator's styles.</param>
/// <param name="Optimization">How all of it is optimized.</param>
internal sealed record CompositionSettings(int Split, int Codes, double WeightPace, StyleUse Styles, OptimizationSettings Optimization)
{
    /// <summary>What does not fit a generator.</summary>
    public static IEnumerable<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [.. SplitSetting.Check(settings, architecture), .. StyleUse.Check(settings, architecture)];

    /// <summary>What one image takes.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="subspaces">R; 1 where codes give all channels.</param>
    public ModelPlan Plan(GeneratorArchitecture architecture, int subspaces)
    {
        var taken = Styles.Taking(architecture);
        var plan = GeneratorCost.Composition(taken, Split, subspaces * Codes, subspaces);
        var upper = Styles.UpperNumbers(architecture, Split);
        return plan with
        {
            Parameters = plan.Parameters + upper,
            Codes = (double)Codes * (subspaces * taken.LatentSize + taken.ChannelsAt(Split)) + upper,
        };
    }

    public static CompositionSettings Bind(ResolvedSettings settings) =>
        new(
            SplitSetting.Bind(settings),
            settings.Integer(OptimizationSettings.Codes),
            settings.Number(OptimizationSettings.WeightPace),
            StyleUse.Bind(settings),
            OptimizationSettings.Bind(settings)
        );
}
