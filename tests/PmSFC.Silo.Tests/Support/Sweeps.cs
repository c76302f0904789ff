using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Support;

/// <summary>Specs of sweeps on the tiny generator, and their results.</summary>
internal static class Sweeps
{
    public static SweepSpec Spec(IEnumerable<string> imageIds, params MethodSpec[] methods) =>
        new()
        {
            Name = "test",
            GeneratorId = TinyGenerator.Id,
            Task = "inversion",
            Images = [.. imageIds.Select((id, i) => new ImageReference { Id = id, Name = $"image {i}" })],
            Methods = [.. methods],
            Seed = 5,
            Owner = "tester",
            Priority = 0,
        };

    public static MethodSpec Pmsfc(int iterations, params (string Name, string[] Values)[] settings) =>
        new()
        {
            Method = "pmsfc",
            Settings = Settings([
                ("iterations", [$"{iterations}"]),
                ("split", ["3"]),
                ("codes", ["2"]),
                ("perceptual", ["none"]),
                .. settings,
            ]),
            Subspaces = Discovery("self-expressive", ("steps", ["20"]), ("subspaces", ["3"])),
        };

    public static MethodSpec Mganprior(int iterations, params (string Name, string[] Values)[] settings) =>
        new()
        {
            Method = "mganprior",
            Settings = Settings([
                ("iterations", [$"{iterations}"]),
                ("split", ["3"]),
                ("codes", ["4"]),
                ("perceptual", ["none"]),
                .. settings,
            ]),
        };

    public static MethodSpec GenVisMani(int iterations) =>
        new() { Method = "gen-vis-mani", Settings = Settings(("iterations", [$"{iterations}"]), ("perceptual", ["none"])) };

    public static DiscoverySpec Discovery(string method, params (string Name, string[] Values)[] settings) =>
        new() { Method = method, Settings = Settings(settings) };

    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Settings(params (string Name, string[] Values)[] settings) =>
        settings
            .GroupBy(setting => setting.Name)
            .ToImmutableSortedDictionary(same => same.Key, same => same.Last().Values.ToImmutableArray(), StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, string> Single(string name, string value) =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(name, value);

    public static async Task<SweepPlan> Plan(EmbeddedCluster cluster, SweepSpec spec)
    {
        var outcome = await cluster.Grains.GetGrain<ISweepPlannerGrain>(0).Plan(spec);
        outcome.Issues.ShouldBeEmpty();
        return outcome.Plan!;
    }

    /// <summary>Starts a sweep and waits for an event of it.</summary>
    public static async Task<SweepEvent> Run(
        EmbeddedCluster cluster,
        SweepPlan plan,
        Func<SweepEvent, bool> until,
        string? traceParent = null
    )
    {
        var grain = cluster.Grains.GetGrain<ISweepGrain>(plan.Id);
        var started = await grain.Start(plan, traceParent);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await foreach (var e in grain.Watch(0, patience.Token))
        {
            if (until(e))
                return e;
        }

        throw new InvalidOperationException($"The sweep {started.Id} ended before what the test waits for.");
    }

    public static async Task<Dictionary<string, JobResult>> Results(IArtifactStore store, SweepPlan plan)
    {
        var results = new Dictionary<string, JobResult>();
        foreach (var job in plan.Jobs())
            results[job.Spec.Id] = ArtifactJson.Read<JobResult>(
                (await store.ReadAsync(ArtifactNames.JobResult(job.Spec.Id)))!.Content.Span
            );
        return results;
    }
}
