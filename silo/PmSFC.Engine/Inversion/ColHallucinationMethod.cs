using PmSFC.Engine.Generators;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training.Colorization;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// Colorful image colorization (Zhang, Isola and Efros 2016): a network that is trained once gives a gray image its colours in one pass. Of the generator
/// it needs the samples to learn from alone, and nothing where it has published weights.
/// </summary>
public sealed class ColHallucinationMethod : IInversionMethod
{
    private const int AuthorsWidth = 64, AuthorsBins = 313;

    /// <inheritdoc/>
    public string Name => "col-hallucination";

    /// <inheritdoc/>
    public string Title => "ColHallucination";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public string Network => ColorizerTraining.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tasks { get; } = [new ColorizationTask().Name];

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
    /// <remarks>Counts the maps of the authors' widths, which is too much for smaller networks; all are held until the last is there.</remarks>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var colorizer = new ColorizerArchitecture(AuthorsWidth, AuthorsBins);
        var cost = colorizer.Cost(architecture.Resolution);
        return new ModelPlan(new NetworkCost(0, cost.SavedElements, cost.MultiplyAdds), 0) { Shared = colorizer.Parameters };
    }

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) => new FeedForwardRun(this, problem, left =>
    {
        using var colorizer = Colorizer.Load(problem.Network!, problem.Generator.Device, problem.Generator.Dtype);
        return colorizer.Colorize(left);
    });
}
