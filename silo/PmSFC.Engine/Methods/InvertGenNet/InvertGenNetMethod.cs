using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.InvertGenNet;

/// <summary>
/// One latent code through the whole generator (Ma, Ayaz, Karaman 2018), the first row of the paper's Table 1. Since the search ends in local minima,
/// it begins at several places at once, and the code with the least loss is the result.
/// </summary>
public sealed class InvertGenNetMethod : IOptimizationMethod
{
    private const string Restarts = "restarts";

    /// <inheritdoc/>
    public string Name => "invertgennet";

    /// <inheritdoc/>
    public string Title => "InvertGenNet";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(Restarts, SettingKind.Integer, "8", "M: codes that are tried side by side") { Minimum = 1, Maximum = 256 },
                .. OptimizationSettings.Definitions(iterations: "300", learningRate: "0.1", beta2: "0.9"),
                .. PerceptualSetting.Definitions("0.001"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "1000",
                    [OptimizationSettings.LearningRate] = "0.01",
                    [OptimizationSettings.Beta2] = "0.999",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        GeneratorCost.Whole(architecture, Bind(settings).Restarts);

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem)
    {
        var (restarts, optimization) = Bind(problem.Settings);
        return OptimizationRun.Start(this, problem, optimization, () => new OneCode(problem, restarts));
    }

    private static (int Restarts, OptimizationSettings Optimization) Bind(ResolvedSettings settings) =>
        (settings.Integer(Restarts), OptimizationSettings.Bind(settings));

    private sealed class OneCode : ImageModel
    {
        private readonly IGenerator _generator;
        private readonly Tensor _z; // [B, M, latent]

        public OneCode(InversionProblem problem, int restarts)
        {
            _generator = problem.Generator;
            Candidates = restarts;
            using var scope = NewDisposeScope();
            _z = Parameter(
                "z",
                CodeStart.Draw(problem.Seeds, [restarts, _generator.Architecture.LatentSize], _generator.Device, _generator.Dtype)
            );
        }

        public override int Candidates { get; }

        public override Tensor Images() => _generator.Forward(_z.flatten(0, 1));
    }
}
