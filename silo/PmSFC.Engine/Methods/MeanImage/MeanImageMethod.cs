using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.MeanImage;

/// <summary>
/// The mean of the generator's images over samples z ~ N(0, I), the same for every target: what knowing the generator and nothing of the target gives, which
/// every inversion must beat.
/// </summary>
public sealed class MeanImageMethod : FeedForwardMethod
{
    /// <inheritdoc/>
    public override string Name => "mean-image";

    /// <inheritdoc/>
    public override string Title => "Mean image";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tasks { get; } = [.. TaskCatalog.All.Select(task => task.Name)];

    /// <inheritdoc/>
    public override SettingsSchema Settings { get; } = Schema(MeanImagePreparation.SamplesDefinition);

    /// <inheritdoc/>
    public override IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings) => [new(MeanImagePreparation.KindName, settings)];

    /// <inheritdoc/>
    public override ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) => new(default, 0);

    private protected override Tensor Compute(Tensor left, InversionProblem problem)
    {
        var side = problem.Generator.Architecture.Resolution;
        var mean = SafetensorsFile
            .Read(problem.Prepared[MeanImagePreparation.KindName], "The mean image")
            .ReadFloats(MeanImagePreparation.ImageEntry, 3, side, side);
        return tensor(mean).reshape(1, 3, side, side).to(left.dtype, left.device).expand(left.shape[0], -1, -1, -1).clone();
    }
}
