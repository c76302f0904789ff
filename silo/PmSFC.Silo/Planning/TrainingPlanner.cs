using System.Collections.Immutable;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;

namespace PmSFC.Silo.Planning;

/// <summary>Resolves how a method's network is trained.</summary>
internal sealed class TrainingPlanner(
    IReadOnlyList<INetworkTraining> trainings, string generatorId, GeneratorArchitecture architecture, long sweepSeed, IssueList issues)
{
    private static readonly TrainingSpec Default = new()
    {
        Preset = "tuned",
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
            issues.Add(path, UnknownName.Describe("training of a network", kind, trainings.Select(known => known.Kind)));
            return [];
        }

        foreach (var (name, _) in spec.Settings.Where(setting => setting.Value.IsDefaultOrEmpty))
            issues.Add($"{path}.settings.{name}", $"'{name}' has no values; give it at least one or leave it out.");
        long[] seeds = spec.Seeds.IsDefaultOrEmpty ? [sweepSeed] : [.. spec.Seeds.Distinct()];
        var planned = new List<PlannedTraining>();
        foreach (var settings in GridExpansion.Expand(spec.Settings).Select(point => Resolve(training, spec.Preset, point, path)).OfType<ResolvedSettings>())
        {
            var bytes = training.Estimate(settings, architecture).Bytes;
            planned.AddRange(seeds.Select(seed => new PlannedTraining(
                new NetworkSpec
                {
                    GeneratorId = generatorId,
                    Kind = kind,
                    Settings = settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
                    Seed = seed,
                },
                bytes,
                Varying(spec, settings, seeds.Length > 1 ? seed : null))));
        }

        return planned;
    }

    private ResolvedSettings? Resolve(INetworkTraining training, string? preset, ImmutableSortedDictionary<string, string> point, string path)
    {
        var resolution = training.Settings.Resolve(preset, point);
        issues.Add(path, resolution.Issues);
        if (resolution.Settings is not { } settings) return null;
        var unfit = training.Check(settings, architecture);
        issues.Add(path, unfit);
        return unfit.Count == 0 ? settings : null;
    }

    private static string Varying(TrainingSpec spec, ResolvedSettings settings, long? seed) => string.Join(' ', spec.Settings
        .Where(setting => setting.Value.Length > 1)
        .Select(setting => $"network.{setting.Key}={settings[setting.Key]}")
        .Concat(seed is null ? [] : [$"network-seed={seed}"]));
}
