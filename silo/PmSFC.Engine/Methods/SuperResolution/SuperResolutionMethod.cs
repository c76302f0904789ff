using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.SuperResolution;

/// <summary>
/// A network that is trained once, or imported, and makes what the task super-resolution left of an image larger in one pass. A network for 4 times
/// serves a task of 16 times by seeing its own result again. Of the generator it needs the samples to learn from alone, and nothing where it has
/// published weights.
/// </summary>
public abstract class SuperResolutionMethod : FeedForwardMethod
{
    /// <summary>The smallest factor of a network.</summary>
    private protected const int SmallestFactor = 2;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tasks { get; } = [new SuperResolutionTask().Name];

    /// <summary>The authors' sizes at the smallest factor.</summary>
    private protected abstract SuperResolutionArchitecture AuthorsSizes { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// Counts the authors' sizes at the smallest factor, where most pixels are seen, which is too much for smaller networks; no map is kept for a backward
    /// pass.
    /// </remarks>
    public override ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        AuthorsSizes.PlanWithoutGradients(architecture.Resolution / SmallestFactor);

    /// <summary>The sizes that a network's settings give.</summary>
    private protected abstract SuperResolutionArchitecture Sizes(ResolvedSettings settings);

    private protected override Tensor Compute(Tensor left, InversionProblem problem)
    {
        var sizes = Sizes(ResolvedSettings.FromCanonical(problem.Network!.Settings));
        using var network = SuperResolver.Load(sizes, problem.Network, problem.Generator.Device, problem.Generator.Dtype);
        return network.Enlarge(left, (int)(problem.Targets.shape[2] / left.shape[2]));
    }
}
