using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Mganprior;

/// <summary>
/// mGANprior (Gu, Shen, Zhou 2020; Eq. 1 and 2). The preset <c>paper</c> follows its public code: gradient descent with step 1, mean norms, the last
/// iterate; it has the numbers that the authors' script for each task begins with, and keeps the perceptual term there. The commands in their README have
/// others (docs/fidelity.md). <c>tuned</c> and <c>tuned-styles</c> are what searches found on a PGGAN and on a StyleGAN2 (docs/presets.md).
/// </summary>
public sealed class MganpriorMethod : IFeatureComposingMethod
{
    /// <inheritdoc/>
    public string Name => "mganprior";

    /// <inheritdoc/>
    public string Title => "mGANprior";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                SplitSetting.Definition(3),
                OptimizationSettings.CodesDefinition("30", "N: latent codes"),
                OptimizationSettings.WeightPaceDefinition("0.3"),
                .. StyleUse.Definitions,
                .. OptimizationSettings.Definitions(iterations: "300", learningRate: "0.05", beta2: "0.9"),
                .. PerceptualSetting.Definitions("0.001"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = TunedSplit.ForInversion,
                [PresetNames.TunedStyles] = new Dictionary<string, string>
                {
                    [StyleUse.CodeSpaceName] = StyleUse.Styles,
                    [OptimizationSettings.WeightPace] = "10",
                },
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [SplitSetting.Name] = "6",
                    [OptimizationSettings.Iterations] = "3000",
                    [OptimizationSettings.Optimizer] = OptimizationSettings.Sgd,
                    [OptimizationSettings.LearningRate] = "1",
                    [OptimizationSettings.WeightPace] = "1",
                },
            },
            new Dictionary<(string, string), IReadOnlyDictionary<string, string>>(TunedSplit.ForTasks)
            {
                [(PresetNames.Paper, "colorization")] = ForTask(codes: "20", split: "4", iterations: "1500", perceptualWeight: "0.001"),
                [(PresetNames.Paper, "super-resolution")] = ForTask(codes: "30", split: "6", iterations: "2000", perceptualWeight: "0.001"),
                [(PresetNames.Paper, "inpainting")] = ForTask(codes: "30", split: "4", iterations: "3000", perceptualWeight: "0.0001"),
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [.. CompositionSettings.Check(settings, architecture)];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        CompositionSettings.Bind(settings).Plan(architecture, subspaces: 1);

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem)
    {
        var settings = CompositionSettings.Bind(problem.Settings);
        return OptimizationRun.Start(this, problem, settings.Optimization, () =>
            new CompositionModel(problem, settings, CreateComposition(problem.Generator, problem.Settings, problem.Partition))
        );
    }

    /// <inheritdoc/>
    public IFeatureComposition CreateComposition(IGenerator generator, ResolvedSettings settings, ChannelPartition? partition)
    {
        var bound = CompositionSettings.Bind(settings);
        return new MganpriorComposition(bound.Styles.Taking(generator), bound.Split, bound.Codes);
    }

    private static Dictionary<string, string> ForTask(string codes, string split, string iterations, string perceptualWeight) =>
        new()
        {
            [OptimizationSettings.Codes] = codes,
            [SplitSetting.Name] = split,
            [OptimizationSettings.Iterations] = iterations,
            [PerceptualSetting.WeightName] = perceptualWeight,
        };
}
