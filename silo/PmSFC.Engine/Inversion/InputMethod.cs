using PmSFC.Engine.Generators;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// What a task has left, as it is: the row that every other one must beat, such as “gray” of the paper's Table 2. Where that is smaller than the image, it
/// is enlarged by interpolation.
/// </summary>
public sealed class InputMethod : IInversionMethod
{
    private const string Enlargement = "enlargement", Nearest = "nearest", Bilinear = "bilinear", Bicubic = "bicubic";

    /// <inheritdoc/>
    public string Name => "input";

    /// <inheritdoc/>
    public string Title => "Input";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tasks { get; } = [.. TaskCatalog.All.Where(task => task is not ReconstructionTask).Select(task => task.Name)];

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } = new(
        [
            new(Enlargement, SettingKind.Choice, Bicubic, "how a smaller image is enlarged") { Choices = [Nearest, Bilinear, Bicubic] },
        ],
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["tuned"] = new Dictionary<string, string>(),
            ["paper"] = new Dictionary<string, string>(),
        });

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) => new(default, 0);

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) => new FeedForwardRun(this, problem, left => Enlarge(left, problem));

    private static Tensor Enlarge(Tensor left, InversionProblem problem)
    {
        var side = problem.Generator.Architecture.Resolution;
        if (left.shape[2] == side) return left.clone();
        var kind = problem.Settings.Choice(Enlargement);
        return kind == Nearest
            ? nn.functional.interpolate(left, [side, side], mode: InterpolationMode.Nearest)
            : nn.functional.interpolate(
                left, [side, side], mode: kind == Bilinear ? InterpolationMode.Bilinear : InterpolationMode.Bicubic, align_corners: false);
    }
}
