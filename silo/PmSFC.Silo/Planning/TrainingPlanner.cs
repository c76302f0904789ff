using System.Collections.Immutable;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;
using PmSFC.Wording;

namespace PmSFC.Silo.Planning;

/// <summary>Resolves how a method's network is trained. Settings that the sweep's task has too, such as its factor, are the task's unless given.</summary>
internal sealed class TrainingPlanner(
    IReadOnlyList<INetworkTraining> trainings,
    string generatorId,
    GeneratorFacts generator,
    SettingsContext? context,
    long sweepSeed,
    IssueList issues
)
{
    private static readonly TrainingSpec Default = new()
    {
        Preset = PresetNames.Tuned,
        Settings = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal),
    };

    /// <summary>Every network that an entry asks for; none where something is wrong with it.</summary>
    /// <param name="kind">The kind that the method needs.</param>
    /// <param name="written">The entry, or null where it has none.</param>
    /// <param name="path">Its path in the spec.</param>
    public IReadOnlyList<PlannedTraining> Plan(string kind, TrainingSpec? written, string path)
    {
        var spec = written ?? Default;
        if (trainings.FirstOrDefault(candidate => candidate.Kind == kind) is not { } training)
        {
            issues.Add(path, Spelling.Unknown("training of a network", kind, trainings.Select(known => known.Kind)));
            return [];
        }

        if (spec.Weights is { } weights)
            return Import(training, spec, weights, path);
        if (spec.Images is not null && training is not IImageTraining)
        {
            issues.Add($"{path}.images", $"A network of the kind '{kind}' learns from the generator's samples alone; remove 'images'.");
            return [];
        }

        foreach (var (name, _) in spec.Settings.Where(setting => setting.Value.IsDefaultOrEmpty))
            issues.Add($"{path}.settings.{name}", $"'{name}' has no values; give it at least one or leave it out.");
        long[] seeds = spec.Seeds.IsDefaultOrEmpty ? [sweepSeed] : [.. spec.Seeds.Distinct()];
        var planned = new List<PlannedTraining>();
        foreach (
            var settings in GridExpansion
                .Expand(spec.Settings)
                .Select(point => Resolve(training, spec, point, path))
                .OfType<ResolvedSettings>()
        )
        {
            var bytes = training.Estimate(settings, generator.Architecture).Bytes + ImageBytes(spec);
            planned.AddRange(
                seeds.Select(seed => new PlannedTraining(
                    new NetworkSpec
                    {
                        GeneratorId = generatorId,
                        Kind = kind,
                        Settings = settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
                        Seed = seed,
                        Images = spec.Images,
                    },
                    bytes,
                    Varying(training, spec, settings, seeds.Length > 1 ? seed : null)
                ))
            );
        }

        return planned;
    }

    private IReadOnlyList<PlannedTraining> Import(INetworkTraining training, TrainingSpec spec, ImportedWeights weights, string path)
    {
        if (spec is not { Preset: null, Settings.IsEmpty: true, Seeds.IsDefaultOrEmpty: true, Images: null })
        {
            issues.Add($"{path}.weights", "Imported weights are not trained; remove all other settings of this entry, or 'weights'.");
            return [];
        }

        var unfit = context is null ? [] : training.CheckForTask(weights.Sizes, context);
        foreach (var issue in unfit)
            issues.Add($"{path}.weights", issue.Message);
        return unfit.Count == 0
            ? [new PlannedTraining(NetworkSpec.Imported(training.Kind, generatorId, weights), Bytes: 0, Varies: "")]
            : [];
    }

    /// <summary>Of the images, which stay in memory during the training, a byte a number.</summary>
    private long ImageBytes(TrainingSpec spec) =>
        3L * generator.Architecture.Resolution * generator.Architecture.Resolution * (spec.Images?.Count ?? 0);

    private ResolvedSettings? Resolve(
        INetworkTraining training,
        TrainingSpec spec,
        ImmutableSortedDictionary<string, string> point,
        string path
    )
    {
        var resolution = training.Settings.Resolve(spec.Preset, point, context);
        issues.Add(path, resolution.Issues);
        if (resolution.Settings is not { } settings)
            return null;
        SettingIssue[] unfit =
        [
            .. training.Check(settings, generator.Architecture),
            .. context is null ? [] : training.CheckForTask(settings, context),
            .. spec.Images is not null && training is IImageTraining learner ? learner.CheckForImages(settings) : [],
            .. generator.CheckPerceptual(settings),
        ];
        issues.Add(path, unfit);
        return unfit.Length == 0 ? settings : null;
    }

    private static string Varying(INetworkTraining training, TrainingSpec spec, ResolvedSettings settings, long? seed) =>
        string.Join(
            ' ',
            spec.Settings.Where(setting => setting.Value.Length > 1)
                .Select(setting => $"network.{setting.Key}={training.Settings.TextOf(settings, setting.Key)}")
                .Concat(seed is null ? [] : [$"network-seed={seed}"])
        );
}
