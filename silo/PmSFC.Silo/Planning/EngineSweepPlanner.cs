using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Grains.Sweeps;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Silo.Planning;

/// <summary>Plans sweeps by what the engine knows of its methods and the store of the generator.</summary>
/// <param name="store">Where the generator is.</param>
/// <param name="engine">What can be planned.</param>
public sealed class EngineSweepPlanner(IArtifactStore store, EngineCatalog engine) : ISweepPlanner
{
    /// <inheritdoc/>
    public async Task<PlanOutcome> PlanAsync(SweepSpec spec, CancellationToken cancellationToken)
    {
        var issues = new IssueList();
        var task = engine.FindTask(spec.Task);
        if (task is null)
            issues.Add("task", Spelling.Unknown("task", spec.Task, engine.Tasks.Select(known => known.Name)));
        if (spec.Images.IsDefaultOrEmpty)
            issues.Add("images", "The sweep has no images; name at least one.");
        if (spec.Methods.IsDefaultOrEmpty)
            issues.Add("methods", "The sweep has no methods; name at least one.");
        if (await ReadAsync(spec.GeneratorId, issues, cancellationToken) is not { } generator)
            return new PlanOutcome { Issues = issues.ToImmutable() };

        var taskSettings = task is null ? null : Resolve(task, spec, generator, issues);
        var context = task is null
            ? null
            : new SettingsContext(task.Name, task.MethodSettings) { TaskSettings = taskSettings ?? ResolvedSettings.None };
        var drafts = new List<CellDraft>();
        for (var entry = 0; !spec.Methods.IsDefault && entry < spec.Methods.Length; entry++)
            drafts.AddRange(Draft(spec, entry, context, taskSettings, generator, issues));
        foreach (var same in drafts.GroupBy(draft => JobsOf(draft.Cell)))
        {
            foreach (var draft in same.Skip(1))
                issues.Add($"methods[{draft.Entry}]", $"This gives the same jobs as methods[{same.First().Entry}]; remove one of the two.");
        }

        var cells = issues.IsEmpty ? CellLabels.Assign(drafts, issues) : [];
        return issues.IsEmpty
            ? new PlanOutcome
            {
                Plan = new SweepPlan
                {
                    Name = spec.Name,
                    GeneratorId = spec.GeneratorId,
                    Task = spec.Task,
                    Images = spec.Images,
                    Cells = cells,
                    Seed = spec.Seed,
                    Owner = spec.Owner,
                    Priority = spec.Priority,
                    FailureBudget = spec.FailureBudget,
                    TaskSettings = taskSettings!.ToImmutableSortedDictionary(StringComparer.Ordinal),
                },
            }
            : new PlanOutcome { Issues = issues.ToImmutable() };
    }

    private async Task<GeneratorFacts?> ReadAsync(string generatorId, IssueList issues, CancellationToken cancellationToken)
    {
        try
        {
            var facts = await GeneratorFacts.ReadAsync(store, engine, generatorId, cancellationToken);
            if (facts is null)
                issues.Add("generator", $"The store has no generator '{generatorId}'; list what it has with 'generators list'.");
            return facts;
        }
        catch (BadInputException e)
        {
            issues.Add("generator", e.Message);
            return null;
        }
    }

    private static ResolvedSettings? Resolve(IInversionTask task, SweepSpec spec, GeneratorFacts generator, IssueList issues)
    {
        var resolution = task.Settings.Resolve(null, spec.TaskSettings);
        issues.Add("task", resolution.Issues);
        if (resolution.Settings is { } settings)
            issues.Add("task", task.Check(settings, generator.Architecture));
        return resolution.Settings;
    }

    private IEnumerable<CellDraft> Draft(
        SweepSpec spec,
        int entry,
        SettingsContext? context,
        ResolvedSettings? taskSettings,
        GeneratorFacts generator,
        IssueList issues
    )
    {
        var written = spec.Methods[entry];
        var path = $"methods[{entry}]";
        if (engine.FindMethod(written.Method) is not { } method)
        {
            issues.Add($"{path}.method", Spelling.Unknown("inversion method", written.Method, engine.Methods.Select(m => m.Name)));
            yield break;
        }

        if (context is not null && method.Tasks is { } tasks && !tasks.Contains(context.Task))
        {
            issues.Add(
                $"{path}.method",
                $"The method '{method.Name}' serves {string.Join(", ", tasks)} alone, but the sweep's task is {context.Task}; remove the method or change 'task'."
            );
            yield break;
        }

        if (!method.UsesSubspaces && written.Subspaces is not null)
            issues.Add($"{path}.subspaces", $"The method '{method.Name}' uses no subspaces; remove 'subspaces'.");
        if (method.Network is null && written.Network is not null)
            issues.Add($"{path}.network", $"The method '{method.Name}' uses no trained network; remove 'network'.");
        foreach (var (name, _) in written.Settings.Where(setting => setting.Value.IsDefaultOrEmpty))
            issues.Add($"{path}.settings.{name}", $"'{name}' has no values; give it at least one or leave it out.");

        var discovery = new DiscoveryPlanner(engine, spec.GeneratorId, generator.Architecture, spec.Seed, issues);
        IReadOnlyList<PlannedTraining?> networks = [null];
        if (method.Network is { } kind)
        {
            var forTask = context is null || taskSettings is null ? null : context with { Values = taskSettings };
            var training = new TrainingPlanner(engine.Trainings, spec.GeneratorId, generator, forTask, spec.Seed, issues);
            networks = training.Plan(kind, written.Network, $"{path}.network");
        }

        foreach (var point in GridExpansion.Expand(written.Settings))
        {
            var settings = Resolve(method, method.Settings.Resolve(written.Preset, point, context), path, generator, issues);
            if (settings is null)
                continue;
            var unfit = new List<string>();
            var prepared = new PreparationPlanner(engine, spec.GeneratorId, generator.Architecture, spec.Seed).Plan(
                method.Needs(settings),
                unfit
            );
            foreach (var message in unfit)
                issues.Add(path, message);
            if (unfit.Count > 0)
                continue;
            IEnumerable<PlannedDiscovery?> sets = method.UsesSubspaces
                ? discovery.Plan(written.Subspaces ?? DiscoveryPlanner.Default, $"{path}.subspaces", SplitSetting.Bind(settings))
                : Enumerable.Repeat<PlannedDiscovery?>(null, 1);
            foreach (var (set, network) in sets.SelectMany(set => networks.Select(network => (set, network))))
            {
                yield return new CellDraft(
                    entry,
                    written.Label ?? NameOf(written),
                    written.Label is not null,
                    written.Preset,
                    string.Join(
                        ' ',
                        new[] { Varying(method, written, settings), set?.Varies ?? "", network?.Varies ?? "" }.Where(part =>
                            part.Length > 0
                        )
                    ),
                    Cell(method, settings, prepared, set, network, generator)
                );
            }
        }
    }

    private static ResolvedSettings? Resolve(
        IInversionMethod method,
        SettingsResolution resolution,
        string path,
        GeneratorFacts generator,
        IssueList issues
    )
    {
        issues.Add(path, resolution.Issues);
        if (resolution.Settings is not { } settings)
            return null;
        SettingIssue[] unfit = [.. method.Check(settings, generator.Architecture), .. generator.CheckPerceptual(settings)];
        issues.Add(path, unfit);
        return unfit.Length == 0 ? settings : null;
    }

    private static SweepCell Cell(
        IInversionMethod method,
        ResolvedSettings settings,
        ImmutableArray<PlannedPreparation> prepared,
        PlannedDiscovery? set,
        PlannedTraining? network,
        GeneratorFacts generator
    )
    {
        var perceptual = PerceptualSetting.Bind(settings) is { } chosen ? generator.Perceptual!.Find(chosen.Network) : null;
        var estimate = WorkPlanner.Estimate(method, settings, generator.Architecture, set?.Subspaces ?? 1, perceptual, batch: 1);
        // Jobs read what their method names; what the discovery alone reads is made all the same.
        PlannedPreparation[] preparations =
        [
            .. prepared,
            .. (set?.Preparations ?? [])
                .Where(other => prepared.All(own => own.Spec.Id != other.Spec.Id))
                .Select(other => other with { IsReadByJobs = false }),
        ];
        return new SweepCell
        {
            Label = "",
            Method = method.Name,
            Settings = settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Subspaces = set?.Spec,
            SubspacesBytes = set?.Bytes ?? 0,
            Preparations = preparations.Length == 0 ? default : [.. preparations],
            Network = network?.Spec,
            NetworkBytes = network?.Bytes ?? 0,
            Iterations = (method as IOptimizationMethod)?.Iterations(settings) ?? 0,
            BytesPerJob = estimate.Bytes,
            CodesBytes = WorkPlanner.CodesBytes(method, settings, generator.Architecture, set?.Subspaces ?? 1),
            MultiplyAddsPerIteration = estimate.MultiplyAddsPerIteration,
        };
    }

    private static string NameOf(MethodSpec written) =>
        written.Subspaces is { } discovery && discovery.Method != DiscoveryPlanner.Default.Method
            ? $"{written.Method} {discovery.Method}"
            : written.Method;

    private static string Varying(IInversionMethod method, MethodSpec written, ResolvedSettings settings) =>
        string.Join(
            ' ',
            written
                .Settings.Where(setting => setting.Value.Length > 1)
                .Select(setting => $"{setting.Key}={method.Settings.TextOf(settings, setting.Key)}")
        );

    private static string JobsOf(SweepCell cell) =>
        $"{cell.Method} {string.Join(' ', cell.Settings)} {cell.Subspaces?.Id} {cell.Network?.Id}";
}
