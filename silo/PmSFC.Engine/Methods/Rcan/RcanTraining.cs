using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Rcan;

/// <summary>
/// RCAN (Zhang et al. 2018), trained on pairs of images and what the task super-resolution leaves of them: mean absolute difference of pixels, Adam.
/// The step size falls along half a cosine, or as the authors halve it.
/// </summary>
public sealed class RcanTraining : IImageTraining, INetworkImport
{
    /// <summary>The kind of an RCAN.</summary>
    public const string Name = "rcan";

    private static readonly SettingDefinition Schedule = TrainingSettings.Schedule("halves it after each fifth of the steps");

    private const string Groups = "groups",
        Blocks = "blocks",
        Features = "features",
        Reduction = "reduction";

    // Side of what the authors' network sees in training, at every factor.
    private const int AuthorsSmallPatch = 48;

    // The standard deviation of PyTorch's own start of a convolution, √(1/3) / √fan-in: with a larger one, 200 blocks make far too much of a signal.
    private static readonly double Gain = Math.Sqrt(1.0 / 3);

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(Groups, SettingKind.Integer, "2", "residual groups, 10 for the authors") { Minimum = 1, Maximum = 64 },
                new(Blocks, SettingKind.Integer, "4", "blocks of a group, 20 for the authors") { Minimum = 1, Maximum = 64 },
                new(Features, SettingKind.Integer, "32", "maps of every layer, 64 for the authors") { Minimum = 1, Maximum = 512 },
                new(Reduction, SettingKind.Integer, "8", "how many times fewer maps channel attention squeezes them to, 16 for the authors")
                {
                    Minimum = 1,
                    Maximum = 512,
                },
                .. SuperResolutionSettings.Definitions(patch: "128"),
                .. TrainingSettings.Definitions(iterations: "1500", batch: "8", learningRate: "1e-3"),
                Schedule,
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Quick] = new Dictionary<string, string>
                {
                    [Groups] = "1",
                    [Blocks] = "3",
                    [Features] = "16",
                    [TrainingSettings.Iterations] = "400",
                },
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [Groups] = "10",
                    [Blocks] = "20",
                    [Features] = "64",
                    [Reduction] = "16",
                    [SuperResolutionSettings.Patch] = "192",
                    [TrainingSettings.Iterations] = "1000000",
                    [TrainingSettings.Batch] = "16",
                    [TrainingSettings.LearningRate] = "1e-4",
                    [Schedule.Name] = TrainingSettings.Authors,
                },
            },
            new[] { 2, 8, 16 }.ToDictionary(
                factor => (PresetNames.Paper, SettingsContext.Variant("super-resolution", SuperResolutionSettings.Factor, $"{factor}")),
                factor =>
                    (IReadOnlyDictionary<string, string>)
                        new Dictionary<string, string> { [SuperResolutionSettings.Patch] = $"{AuthorsSmallPatch * factor}" }
            )
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var issues = SuperResolutionSettings.Check(settings, architecture).ToList();
        var rcan = BindArchitecture(settings);
        if (rcan.Reduction > rcan.Features)
        {
            issues.Add(
                new SettingIssue(
                    Reduction,
                    $"'{Reduction}' is {settings[Reduction]}, with which channel attention has none of {settings[Features]} '{Features}' left; use at most that many."
                )
            );
        }

        return issues;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> CheckForTask(IReadOnlyDictionary<string, string> sizes, SettingsContext context) =>
        SuperResolutionSettings.CheckForTask(sizes, context);

    /// <inheritdoc/>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var rcan = BindArchitecture(settings);
        return WorkPlanner.Training(
            rcan.Cost(SuperResolutionSettings.Bind(settings).Side(architecture) / rcan.Factor),
            GeneratorCost.Whole(architecture, 1).Cost.MultiplyAdds,
            rcan.Parameters,
            architecture,
            TrainingSettings.Bind(settings).BatchSize
        );
    }

    /// <inheritdoc/>
    public TrainingRun Start(TrainingProblem problem) =>
        new(Kind, new Model(problem, BindArchitecture(problem.Settings), BindSchedule(problem.Settings)), problem);

    /// <inheritdoc/>
    public ImportedNetwork Read(StateDict file, GeneratorArchitecture architecture)
    {
        var (checkpoint, codeBase) = SuperResolutionCheckpoint.Find(file, "RCAN", [.. RcanNames.All.Select(known => known.Mark)]);
        var names = RcanNames.All[codeBase];
        var features = checkpoint.Outputs(names.Head, 3, 3);
        var squeezed = checkpoint.Outputs($"{names.Block(0, 0)}.{names.BlockParts[2]}", features, 1);
        if (squeezed > features || features / (features / squeezed) != squeezed)
            throw checkpoint.Refuse(
                $"squeezes {features} maps to {squeezed} in '{names.Mark}', but a whole number of times fewer is needed"
            );
        if (checkpoint.Outputs(names.Doubling(0), features, 3) == 9 * features)
            throw checkpoint.Refuse(
                $"enlarges images 3 times ('{names.Doubling(0)}.weight'), but only powers of 2 divide a generator's resolution"
            );
        var doublings = checkpoint.Count(names.Doubling);
        var values = new Dictionary<string, string>
        {
            [SuperResolutionSettings.Factor] = $"{checkpoint.Factor(doublings, "RCAN")}",
            [Groups] = $"{checkpoint.Count(group => $"{names.Block(group, 0)}.{names.BlockParts[0]}")}",
            [Blocks] = $"{checkpoint.Count(block => $"{names.Block(0, block)}.{names.BlockParts[0]}")}",
            [Features] = $"{features}",
            [Reduction] = $"{features / squeezed}",
        };
        if (Settings.Resolve(null, values).Issues is [var issue, ..])
            throw checkpoint.Refuse($"is too large: {issue.Message.TrimEnd('.')}");
        var sizes = ResolvedSettings.FromCanonical(values);
        var rcan = BindArchitecture(sizes);
        return new ImportedNetwork(sizes, checkpoint.Copy(Kind, rcan, rcan.NamedBy(names)), checkpoint.Note);
    }

    internal static RcanArchitecture BindArchitecture(ResolvedSettings settings) =>
        new(
            SuperResolutionSettings.BindFactor(settings),
            settings.Integer(Groups),
            settings.Integer(Blocks),
            settings.Integer(Features),
            settings.Integer(Reduction)
        );

    /// <returns>Whether the step size is halved as the authors do.</returns>
    private static bool BindSchedule(ResolvedSettings settings) => settings.Text(Schedule) == TrainingSettings.Authors;

    private sealed class Model(TrainingProblem problem, RcanArchitecture architecture, bool halves)
        : SuperResolutionModel(problem, architecture, _ => Gain)
    {
        public override IReadOnlyList<string> Terms { get; } = ["pixel"];

        public override double LearningRateScale(int iteration) =>
            halves ? Math.Pow(0.5, 5L * iteration / Iterations) : base.LearningRateScale(iteration);

        public override (Tensor Total, IReadOnlyList<Tensor> Terms) Losses(int iteration)
        {
            using var scope = NewDisposeScope();
            var (small, large) = Pairs(iteration);
            var pixel = (Enlarge(small) - large).abs().mean();
            return (pixel.MoveToOuterDisposeScope(), [pixel.alias().MoveToOuterDisposeScope()]);
        }
    }
}
