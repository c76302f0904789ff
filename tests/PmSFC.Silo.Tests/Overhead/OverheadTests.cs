using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;
using Xunit.Abstractions;

namespace PmSFC.Silo.Tests.Overhead;

/// <summary>What the whole path takes, from the sweep to the device and back, for jobs that do nothing but store a result.</summary>
[Collection(TensorsCollection.Name)]
public sealed class OverheadTests(ITestOutputHelper output)
{
    private const long BytesPerJob = 1 << 20;

    [Fact]
    public async Task Sweep_OfJobsThatDoNothing_RunsEachOnce() => await MeasureAsync(300, batch: 8, new MemoryStore());

    [FactNeeding<Dask>]
    public async Task Sweep_OfJobsThatDoNothing_TakesWhatStandsBesideDask()
    {
        const int jobs = 3000;
        await MeasureAsync(jobs, batch: 8, new MemoryStore());
        output.WriteLine("who                                          jobs a second   lease to running: p50     p99");
        foreach (var batch in (int[])[1, 8])
        {
            Tell($"PmSFC, batches of {batch}, store in memory", await MeasureAsync(jobs, batch, new MemoryStore()));
            using var folder = new TemporaryDirectory();
            Tell($"PmSFC, batches of {batch}, store on disk", await MeasureAsync(jobs, batch, new DirectoryArtifactStore(folder.Path)));
        }

        var start = Reference.Start("dask_overhead.py", $"{jobs}");
        start.RedirectStandardOutput = true;
        using var dask = Process.Start(start)!;
        while (await dask.StandardOutput.ReadLineAsync() is { } line)
        {
            var row = JsonDocument.Parse(line).RootElement;
            var seconds = (string name) => TimeSpan.FromSeconds(row.GetProperty(name).GetDouble());
            Tell(
                $"Dask, worker a {row.GetProperty("worker").GetString()}, {row.GetProperty("scheduling").GetString()}",
                new Cost(row.GetProperty("tasksPerSecond").GetDouble(), seconds("p50"), seconds("p99"))
            );
        }

        await dask.WaitForExitAsync();
        dask.ExitCode.ShouldBe(0);
    }

    private static async Task<Cost> MeasureAsync(int jobs, int batch, IArtifactStore store)
    {
        var idle = new IdleWorkload(store);
        var options = new EmbeddedClusterOptions
        {
            Store = store,
            Devices = [new DeviceOptions { Threads = 1, MemoryBytes = batch * BytesPerJob }],
            TrustInEarlierLeases = TimeSpan.Zero,
            Configure = builder => builder.Services.AddSingleton<IWorkload>(idle).AddSingleton<IOutgoingGrainCallFilter>(idle),
        };
        await using var cluster = await EmbeddedCluster.StartAsync(options);
        var plan = Plan(jobs);
        var sweep = cluster.Grains.GetGrain<ISweepGrain>(plan.Id);
        var clock = Stopwatch.StartNew();

        await sweep.Start(plan, traceParent: null);
        await foreach (var change in sweep.Watch(0))
        {
            if (change.Finished)
                break;
        }

        var seconds = clock.Elapsed.TotalSeconds;
        (await sweep.GetStatus())!.Cells.Single().Jobs[JobState.Succeeded].ShouldBe(jobs);
        idle.Waits.Count.ShouldBe(jobs, "each is done once");
        TimeSpan[] waits = [.. idle.Waits.Order()];
        return new Cost(jobs / seconds, waits[jobs / 2], waits[jobs * 99 / 100]);
    }

    private static SweepPlan Plan(int jobs) =>
        new()
        {
            Name = "nothing",
            GeneratorId = "none",
            Task = "inversion",
            Images = [.. Enumerable.Range(0, jobs).Select(i => new ImageReference { Id = $"image{i}", Name = $"{i}" })],
            Cells =
            [
                new SweepCell
                {
                    Label = "nothing",
                    Method = "nothing",
                    Settings = ImmutableSortedDictionary<string, string>.Empty,
                    Iterations = 1,
                    BytesPerJob = BytesPerJob,
                    MultiplyAddsPerIteration = 1,
                },
            ],
            Seed = 1,
            Owner = "tester",
            Priority = 0,
        };

    private void Tell(string who, Cost cost) =>
        output.WriteLine(
            $"{who, -44} {cost.JobsPerSecond, 12:0} {cost.Median.TotalMilliseconds, 24:0.00} ms {cost.Percentile99.TotalMilliseconds, 8:0.00} ms"
        );

    private sealed record Cost(double JobsPerSecond, TimeSpan Median, TimeSpan Percentile99);

    /// <summary>Does nothing, and takes the time from the worker's question for work to the beginning of each job.</summary>
    private sealed class IdleWorkload(IArtifactStore store) : IWorkload, IOutgoingGrainCallFilter
    {
        private readonly ConcurrentDictionary<string, long> _asked = new();

        public ConcurrentQueue<TimeSpan> Waits { get; } = [];

        public bool Accepts(WorkItem item) => true;

        public async Task RunAsync(WorkBatch batch, CancellationToken draining)
        {
            foreach (var work in batch.Works)
            {
                Waits.Enqueue(Stopwatch.GetElapsedTime(_asked[work.Item.Id]));
                await store.WriteOnceAsync(ArtifactNames.JobResult(work.Item.Id), "{}"u8.ToArray(), draining);
                await work.SucceedAsync();
            }
        }

        public async Task Invoke(IOutgoingGrainCallContext context)
        {
            var asked = Stopwatch.GetTimestamp();
            await context.Invoke();
            if (context.Result is not ImmutableArray<Lease> leases)
                return;
            foreach (var lease in leases)
                _asked[lease.Item.Id] = asked;
        }
    }
}
