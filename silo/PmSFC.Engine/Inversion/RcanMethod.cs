using PmSFC.Engine.Generators;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training.SuperResolution;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// RCAN (Zhang et al. 2018): a network that is trained once, or imported, makes what the task super-resolution left of an image larger in one pass.
/// A network for 4 times serves a task of 16 times by seeing its own result again. Of the generator it needs the samples to learn from alone, and nothing
/// where it has published weights.
/// </summary>
public sealed class RcanMethod : IInversionMethod
{
    private const int Smallest = 2;

    /// <inheritdoc/>
    public string Name => "rcan";

    /// <inheritdoc/>
    public string Title => "RCAN";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public string Network => RcanTraining.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tasks { get; } = [new SuperResolutionTask().Name];

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } = new(
        [],
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["tuned"] = new Dictionary<string, string>(),
            ["paper"] = new Dictionary<string, string>(),
        });

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    /// <remarks>
    /// Counts the authors' sizes at the smallest factor, where most pixels are seen, which is too much for smaller networks; no map is kept for a backward
    /// pass.
    /// </remarks>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        new RcanArchitecture(Smallest, 10, 20, 64, 16).PlanWithoutGradients(architecture.Resolution / Smallest);

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) => new FeedForwardRun(this, problem, left =>
    {
        var architecture = RcanTraining.Architecture(ResolvedSettings.FromCanonical(problem.Network!.Settings));
        using var network = SuperResolver.Load(architecture, problem.Network, problem.Generator.Device, problem.Generator.Dtype);
        return network.Enlarge(left, (int)(problem.Targets.shape[2] / left.shape[2]));
    });
}
