using System.Collections.Immutable;
using System.Globalization;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Wording;

namespace PmSFC.Silo.Planning;

/// <summary>Resolves how a method's subspaces are found. The split is the method's, and a copied set's number of subspaces is its base's.</summary>
internal sealed class DiscoveryPlanner(
    EngineCatalog engine,
    string generatorId,
    GeneratorArchitecture architecture,
    long sweepSeed,
    IssueList issues
)
{
    /// <summary>The discovery of a method that names none.</summary>
    public static DiscoverySpec Default { get; } =
        new()
        {
            Method = "self-expressive",
            Preset = PresetNames.Tuned,
            Settings = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal),
        };

    /// <summary>Every set that an entry asks for at one split; none where something is wrong with it.</summary>
    /// <param name="spec">The entry.</param>
    /// <param name="path">Its path in the spec.</param>
    /// <param name="split">The method's split.</param>
    public IReadOnlyList<PlannedDiscovery> Plan(DiscoverySpec spec, string path, int split)
    {
        if (engine.FindDiscovery(spec.Method) is not { } discovery)
        {
            issues.Add($"{path}.method", Spelling.Unknown("subspace discovery", spec.Method, engine.Discoveries.Select(d => d.Name)));
            return [];
        }

        PlannedDiscovery? sizesOf = null;
        if (spec.SizesOf is { } wanted && (sizesOf = PlanBase(discovery, wanted, path, split)) is null)
            return [];
        var implied = Implied(spec, path, split, sizesOf);
        long[] seeds = spec.Seeds.IsDefaultOrEmpty ? [sweepSeed] : [.. spec.Seeds.Distinct()];
        var planned = new List<PlannedDiscovery>();
        foreach (
            var settings in GridExpansion
                .Expand(spec.Settings)
                .Select(point => Resolve(discovery, spec.Preset, point.SetItems(implied), path))
        )
        {
            if (settings is null || Prepare(discovery, settings, path) is not { } preparations)
                continue;
            planned.AddRange(
                seeds.Select(seed => new PlannedDiscovery(
                    new SubspaceSpec
                    {
                        GeneratorId = generatorId,
                        Method = discovery.Name,
                        Settings = settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
                        Seed = seed,
                        SizesOf = sizesOf?.Spec,
                        MadeFrom = PreparationPlanner.MadeFrom(preparations),
                    },
                    SubspacesSetting.Bind(settings),
                    Math.Max(discovery.Estimate(settings, architecture).Bytes, sizesOf?.Bytes ?? 0),
                    Varying(discovery, spec, settings, seeds.Length > 1 ? seed : null),
                    [.. sizesOf?.Preparations ?? [], .. preparations]
                ))
            );
        }

        return planned;
    }

    private ResolvedSettings? Resolve(
        ISubspaceDiscovery discovery,
        string? preset,
        ImmutableSortedDictionary<string, string> point,
        string path
    )
    {
        var resolution = discovery.Settings.Resolve(preset, point);
        issues.Add(path, resolution.Issues);
        if (resolution.Settings is not { } settings)
            return null;
        var unfit = discovery.Check(settings, architecture);
        issues.Add(path, unfit);
        return unfit.Count == 0 ? settings : null;
    }

    /// <returns>What else the discovery reads, or null where that cannot be made.</returns>
    private ImmutableArray<PlannedPreparation>? Prepare(ISubspaceDiscovery discovery, ResolvedSettings settings, string path)
    {
        var unfit = new List<string>();
        var preparations = new PreparationPlanner(engine, generatorId, architecture, sweepSeed).Plan(discovery.Needs(settings), unfit);
        foreach (var message in unfit)
            issues.Add(path, message);
        return unfit.Count == 0 ? preparations : null;
    }

    private PlannedDiscovery? PlanBase(ISubspaceDiscovery discovery, DiscoverySpec wanted, string path, int split)
    {
        path = $"{path}.sizes-of";
        if (!discovery.CopiesSizes)
        {
            issues.Add(path, $"The discovery '{discovery.Name}' finds its own sizes; remove 'sizes-of'.");
            return null;
        }

        if (wanted.SizesOf is not null)
        {
            issues.Add($"{path}.sizes-of", "The set whose sizes are copied cannot copy another's; name the set that was discovered.");
            return null;
        }

        var bases = Plan(wanted, path, split);
        if (bases.Count > 1)
            issues.Add(path, $"Sizes are copied from one set, but this names {bases.Count}; give each setting and the seed one value.");
        return bases.Count == 1 ? bases[0] : null;
    }

    private Dictionary<string, string> Implied(DiscoverySpec spec, string path, int split, PlannedDiscovery? sizesOf)
    {
        var values = new Dictionary<string, string>();
        Imply(SplitSetting.Name, split, "the method's");
        if (sizesOf is not null)
            Imply(SubspacesSetting.Name, sizesOf.Subspaces, "that of the set whose sizes are copied");
        return values;

        void Imply(string name, int value, string whose)
        {
            var text = value.ToString(CultureInfo.InvariantCulture);
            if (spec.Settings.TryGetValue(name, out var given) && given.FirstOrDefault(other => !IsNumber(other, value)) is { } conflicting)
                issues.Add(
                    $"{path}.settings.{name}",
                    $"'{name}' is {conflicting}, but {whose} is {text}; leave it out here or make the two equal."
                );
            values[name] = text;
        }
    }

    private static bool IsNumber(string text, int value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == value;

    private static string Varying(ISubspaceDiscovery discovery, DiscoverySpec spec, ResolvedSettings settings, long? seed) =>
        string.Join(
            ' ',
            spec.Settings.Where(setting => setting.Value.Length > 1)
                .Select(setting => $"{setting.Key}={discovery.Settings.TextOf(settings, setting.Key)}")
                .Concat(seed is null ? [] : [$"subspace-seed={seed}"])
        );
}
