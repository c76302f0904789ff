using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Input;

/// <summary>
/// What a task has left, as it is: the row that every other one must beat, such as “gray” of the paper's Table 2. Where that is smaller than the image, it
/// is enlarged by interpolation.
/// </summary>
public sealed class InputMethod : FeedForwardMethod
{
    private const string Enlargement = "enlargement",
        Nearest = "nearest",
        Bilinear = "bilinear",
        Bicubic = "bicubic";

    /// <inheritdoc/>
    public override string Name => "input";

    /// <inheritdoc/>
    public override string Title => "Input";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tasks { get; } =
    [.. TaskCatalog.All.Where(task => task is not ReconstructionTask).Select(task => task.Name)];

    /// <inheritdoc/>
    public override SettingsSchema Settings { get; } =
        Schema(
            new SettingDefinition(Enlargement, SettingKind.Choice, Bicubic, "how a smaller image is enlarged")
            {
                Choices = [Nearest, Bilinear, Bicubic],
            }
        );

    /// <inheritdoc/>
    public override ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) => new(default, 0);

    private protected override Tensor Compute(Tensor left, InversionProblem problem)
    {
        var side = problem.Generator.Architecture.Resolution;
        if (left.shape[2] == side)
            return left.clone();
        var mode = Bind(problem.Settings);
        return mode == InterpolationMode.Nearest
            ? nn.functional.interpolate(left, [side, side], mode: InterpolationMode.Nearest)
            : nn.functional.interpolate(left, [side, side], mode: mode, align_corners: false);
    }

    private static InterpolationMode Bind(ResolvedSettings settings) =>
        settings.Choice(Enlargement) switch
        {
            Nearest => InterpolationMode.Nearest,
            Bilinear => InterpolationMode.Bilinear,
            _ => InterpolationMode.Bicubic,
        };
}
