using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Image2StyleGan;

/// <summary>
/// Image2StyleGAN (Abdal, Qin, Wonka 2019): a style for each place of the network ("W+"), from the mean style on, by pixels and the features of V.
/// </summary>
public sealed class Image2StyleGanMethod : IOptimizationMethod
{
    /// <inheritdoc/>
    public string Name => "image2stylegan";

    /// <inheritdoc/>
    public string Title => "Image2StyleGAN";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                .. OptimizationSettings.Definitions(iterations: "300", learningRate: "0.1", beta2: "0.9"),
                .. PerceptualSetting.Definitions("0", PerceptualSetting.Vgg16),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "5000",
                    [OptimizationSettings.LearningRate] = "0.01",
                    [OptimizationSettings.Beta2] = "0.999",
                    [PerceptualSetting.WeightName] = "1",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [.. StyleSearch.Check(this, architecture)];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        GeneratorCost.OfStyles(architecture, architecture.StylePlaces);

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) =>
        OptimizationRun.Start(this, problem, OptimizationSettings.Bind(problem.Settings), () => new StyleAtEveryPlace(problem));

    private sealed class StyleAtEveryPlace : ImageModel
    {
        private readonly IGenerator _synthesis;
        private readonly Tensor _styles; // [B, P, S]

        public StyleAtEveryPlace(InversionProblem problem)
        {
            _synthesis = StyleSearch.GeneratorOf(problem).Synthesis;
            using var scope = NewDisposeScope();
            _styles = Parameter("w", StyleSearch.Start(problem, problem.Generator.Architecture.StylePlaces));
        }

        public override Tensor Images() => _synthesis.Forward(_styles);
    }
}
