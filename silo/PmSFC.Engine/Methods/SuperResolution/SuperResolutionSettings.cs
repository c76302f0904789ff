using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training;

namespace PmSFC.Engine.Methods.SuperResolution;

/// <summary>The settings that the trainings for super-resolution have in common: those of the task, whose values a sweep's task gives, and the patch.</summary>
/// <param name="Times">How many times larger the network makes an image.</param>
/// <param name="Square">Side of the squares that are learned from, pixels, where images are not smaller.</param>
internal sealed record SuperResolutionSettings(int Times, int Square)
{
    /// <summary>How many times larger the network makes an image.</summary>
    public const string Factor = SuperResolutionTask.Factor;

    /// <summary>Side of what is learned from.</summary>
    public const string Patch = "patch";

    private static readonly SuperResolutionTask Task = new();

    public static IEnumerable<SettingDefinition> Definitions(string patch) =>
        [
            .. Task.Settings.Definitions,
            new(
                Patch,
                SettingKind.Integer,
                patch,
                "side of the squares of the large images that are learned from, pixels; a smaller image is taken whole"
            )
            {
                Minimum = 4,
                Maximum = 1024,
            },
        ];

    /// <summary>What of the factor and the patch does not fit a generator.</summary>
    public static IEnumerable<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        foreach (var issue in Task.Check(settings, architecture))
            yield return issue;
        var bound = Bind(settings);
        if (bound.Square % bound.Times != 0)
            yield return new SettingIssue(
                Patch,
                $"'{Patch}' is {settings[Patch]}, but must be a multiple of '{Factor}', {settings[Factor]}."
            );
    }

    /// <summary>What keeps a network from serving a task.</summary>
    /// <param name="sizes">The settings that say how large the network is.</param>
    /// <param name="context">The task.</param>
    public static IReadOnlyList<SettingIssue> CheckForTask(IReadOnlyDictionary<string, string> sizes, SettingsContext context)
    {
        if (!context.Values.ContainsKey(Factor))
            return [];
        var (own, needed) = (BindFactor(ResolvedSettings.FromCanonical(sizes)), BindFactor(ResolvedSettings.FromCanonical(context.Values)));
        return Passes(own, needed) is null ? [new SettingIssue(Factor, $"The network {NoPower(own, needed)}.")] : [];
    }

    /// <summary>Side of what is learned from, pixels.</summary>
    public int Side(GeneratorArchitecture architecture) => Math.Min(Square, architecture.Resolution);

    /// <summary>How often a network must be applied one time after the other; <see langword="null"/> where that does not come to the factor.</summary>
    /// <param name="own">The network's factor, at least 2.</param>
    /// <param name="needed">The factor that is needed, at least 1.</param>
    public static int? Passes(int own, int needed)
    {
        var passes = 0;
        long reached = 1;
        for (; reached < needed; reached *= own)
            passes++;
        return reached == needed ? passes : null;
    }

    /// <summary>Why a network cannot be applied to a task, as the rest of a sentence.</summary>
    public static string NoPower(int own, int needed) =>
        $"enlarges {own} times, but the task makes images {needed} times smaller, which is no power of it; use one that enlarges {needed} times";

    public static SuperResolutionSettings Bind(ResolvedSettings settings) => new(BindFactor(settings), settings.Integer(Patch));

    /// <summary>How many times larger a network makes an image, of which no more may be known where its weights were imported.</summary>
    public static int BindFactor(ResolvedSettings settings) => settings.Integer(Factor);

    /// <summary>P of the task.</summary>
    public static IDegradation Degradation(TrainingProblem problem) =>
        Task.Bind(
            new TaskInputs
            {
                Settings = problem.Settings,
                Resolution = problem.Generator.Architecture.Resolution,
                Device = problem.Generator.Device,
                Dtype = problem.Generator.Dtype,
            }
        );
}
