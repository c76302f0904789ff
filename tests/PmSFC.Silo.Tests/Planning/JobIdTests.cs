using System.Collections.Immutable;
using System.Text;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Silo.Planning;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Planning;

/// <summary>Results lie under ids, so that a job which was valid before has the id that it had: a setting that is added later is left out at its default.</summary>
public sealed class JobIdTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new();

    public Task InitializeAsync() => TinyGenerator.Store(_store);

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>The file is of the version before any setting was left out; methods and tasks that came later are not in it.</summary>
    [Fact]
    public async Task Plan_PresetTunedOfEveryMethodAndTask_GivesTheIdsOfTheFile()
    {
        var stored = Encoding.UTF8.GetString(GoldenFile.Read("job-ids.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var ids = new List<string>();
        foreach (var task in EngineCatalog.BuiltIn.Tasks)
        {
            foreach (var method in EngineCatalog.BuiltIn.Methods)
            {
                if (!stored.Any(line => line.StartsWith($"{task.Name} {method.Name}:", StringComparison.Ordinal)))
                    continue;
                var outcome = await Planner().PlanAsync(Spec(task, method), default);
                outcome.Issues.ShouldBeEmpty();
                var job = outcome.Plan!.Jobs().Single().Spec;
                ids.Add(
                    $"{task.Name} {method.Name}: job {job.Id} batch {job.BatchKey} subspaces {job.SubspaceSetId} network {job.NetworkId}"
                );
            }
        }

        stored.Length.ShouldBeGreaterThan(30);
        stored.Except(ids).ShouldBeEmpty("results of earlier versions are stored under these ids");
    }

    private static SweepSpec Spec(IInversionTask task, IInversionMethod method)
    {
        var network = method.Network is { } kind
            ? new TrainingSpec { Preset = "tuned", Settings = WithoutPerceptual(EngineCatalog.BuiltIn.FindTraining(kind)!.Settings) }
            : null;
        var written = new MethodSpec
        {
            Method = method.Name,
            Preset = "tuned",
            Settings = WithoutPerceptual(method.Settings),
            Network = network,
        };
        return Sweeps.Spec(["image"], written) with { Task = task.Name };
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> WithoutPerceptual(SettingsSchema schema) =>
        schema.Definitions.Any(definition => definition.Name == "perceptual")
            ? Sweeps.Settings(("perceptual", ["none"]))
            : Sweeps.Settings();

    private EngineSweepPlanner Planner() => new(_store, EngineCatalog.BuiltIn);
}
