using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.GenVisMani;

/// <summary>
/// The code that an encoder gives an image (Zhu et al. 2016), optimized further where <c>iterations</c> is not 0. The preset <c>paper</c> is the
/// second row of the paper's Table 1, the encoder alone.
/// </summary>
public sealed class GenVisManiMethod : IOptimizationMethod
{
    /// <inheritdoc/>
    public string Name => "gen-vis-mani";

    /// <inheritdoc/>
    public string Title => "GenVisMani";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public string Network => EncoderTraining.Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                .. OptimizationSettings.Definitions(iterations: "300", learningRate: "0.1", fewest: 0, beta2: "0.9"),
                .. PerceptualSetting.Definitions("0.001"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string> { [OptimizationSettings.Iterations] = "0" },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        GeneratorCost.Whole(architecture, 1);

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) =>
        OptimizationRun.Start(this, problem, OptimizationSettings.Bind(problem.Settings), () => new EncodedCode(problem));

    private sealed class EncodedCode : ImageModel
    {
        private readonly IGenerator _generator;
        private readonly Tensor _z; // [B, latent]

        public EncodedCode(InversionProblem problem)
        {
            _generator = problem.Generator;
            using var scope = NewDisposeScope();
            _z = Parameter("z", EncodedStart.Of(problem));
        }

        public override Tensor Images() => _generator.Forward(_z);
    }
}
