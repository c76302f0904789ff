using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.ColHallucination;

/// <summary>
/// Colorful image colorization (Zhang, Isola and Efros 2016): a network that is trained once gives a gray image its colours in one pass. Of the generator
/// it needs the samples to learn from alone, and nothing where it has published weights.
/// </summary>
public sealed class ColHallucinationMethod : FeedForwardMethod
{
    private const int AuthorsWidth = 64,
        AuthorsBins = 313;

    /// <inheritdoc/>
    public override string Name => "col-hallucination";

    /// <inheritdoc/>
    public override string Title => "ColHallucination";

    /// <inheritdoc/>
    public override string Network => ColorizerTraining.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tasks { get; } = [new ColorizationTask().Name];

    /// <inheritdoc/>
    /// <remarks>Counts the maps of the authors' widths, which is too much for smaller networks; all are held until the last is there.</remarks>
    public override ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var colorizer = new ColorizerArchitecture(AuthorsWidth, AuthorsBins);
        var cost = colorizer.Cost(architecture.Resolution);
        return new ModelPlan(new NetworkCost(0, cost.SavedElements, cost.MultiplyAdds), 0) { Shared = colorizer.Parameters };
    }

    private protected override Tensor Compute(Tensor left, InversionProblem problem)
    {
        using var colorizer = Colorizer.Load(problem.Network!, problem.Generator.Device, problem.Generator.Dtype);
        return colorizer.Colorize(left);
    }
}
