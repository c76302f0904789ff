using System.Collections.Immutable;
using PmSFC.Abstractions.Preparations;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Wording;

namespace PmSFC.Silo.Planning;

/// <summary>Resolves the preparations that methods and discoveries name in their needs.</summary>
/// <param name="engine">What kinds there are.</param>
/// <param name="generatorId">The generator that they are made of.</param>
/// <param name="architecture">Its sizes.</param>
/// <param name="seed">Seed of their draws.</param>
public sealed class PreparationPlanner(EngineCatalog engine, string generatorId, GeneratorArchitecture architecture, long seed)
{
    /// <summary>What something is made from directly, for its spec; none leaves it out, as in ids of earlier versions.</summary>
    /// <param name="planned">What <see cref="Plan"/> gave for its needs.</param>
    public static ImmutableArray<PreparationSpec> MadeFrom(ImmutableArray<PlannedPreparation> planned) =>
        planned.IsEmpty ? default : [.. planned.Where(item => item.IsReadByJobs).Select(item => item.Spec)];

    /// <summary>Plans what is needed, and what that needs.</summary>
    /// <param name="needs">What is needed.</param>
    /// <param name="issues">Gets what keeps it from being made; where there is anything, the result is not whole.</param>
    /// <returns>Each after what it needs itself; those of <paramref name="needs"/> are marked as read by jobs.</returns>
    public ImmutableArray<PlannedPreparation> Plan(IReadOnlyList<PreparationNeed> needs, ICollection<string> issues)
    {
        var planned = ImmutableArray.CreateBuilder<PlannedPreparation>();
        foreach (var kind in needs.GroupBy(need => need.Kind).Where(alike => alike.Skip(1).Any()).Select(alike => alike.Key))
            issues.Add($"It needs the preparation '{kind}' twice, but what is prepared is found by its kind; let it name the kind once.");
        foreach (var need in needs)
        {
            if (engine.FindPreparation(need.Kind) is not { } kind)
            {
                issues.Add(Spelling.Unknown("preparation", need.Kind, engine.Preparations.Select(known => known.Name)));
                continue;
            }

            var resolution = kind.Settings.Resolve(null, need.Settings);
            SettingIssue[] unfit = resolution.Settings is { } resolved ? [.. kind.Check(resolved, architecture)] : [.. resolution.Issues];
            foreach (var issue in unfit)
                issues.Add($"It needs the preparation '{need.Kind}': {issue.Message}");
            if (unfit.Length > 0)
                continue;
            var settings = resolution.Settings!;
            var inner = Plan(kind.Needs(settings), issues);
            planned.AddRange(inner.Select(item => item with { IsReadByJobs = false }));
            planned.Add(
                new PlannedPreparation
                {
                    Spec = new PreparationSpec
                    {
                        Kind = kind.Name,
                        GeneratorId = generatorId,
                        Settings = settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
                        Seed = seed,
                        MadeFrom = MadeFrom(inner),
                    },
                    Bytes = kind.Estimate(settings, architecture).Bytes,
                    IsReadByJobs = true,
                }
            );
        }

        return
        [
            .. planned
                .GroupBy(item => item.Spec.Id)
                .Select(same => same.First() with { IsReadByJobs = same.Any(item => item.IsReadByJobs) }),
        ];
    }
}
