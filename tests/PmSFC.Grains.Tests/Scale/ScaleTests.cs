using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Grains.Tests.Clusters;
using Xunit.Abstractions;

namespace PmSFC.Grains.Tests.Scale;

/// <summary>
/// What the coordination costs, through the real grains on a simulated clock: sweeps are started, devices lease, renew, report and return, results are
/// stored, and no time passes but the coordinator's own.
/// </summary>
[Collection(nameof(ScaleTests)), CollectionDefinition(nameof(ScaleTests), DisableParallelization = true)]
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Owners = 10;

    [Fact]
    public async Task Sweeps_ManyOnFewDevices_KeepTheQueueAsShortAsTheDevicesAreFew()
    {
        var cost = await SimulateAsync(sweeps: 10, jobs: 300, devices: 100);

        cost.MostQueued.ShouldBeLessThanOrEqualTo(10 * 64);
        cost.LargestRecord.ShouldBeLessThan(4096);
    }

    [FactNeeding<FullScale>]
    public async Task Sweeps_OfAMillionJobs_CostAsMuchAJobAsThoseOfTenThousand()
    {
        const int sweeps = 100,
            devices = 1000;
        await SimulateAsync(sweeps, jobs: 100, devices);
        var few = await SimulateAsync(sweeps, jobs: 100, devices);
        var many = await SimulateAsync(sweeps, jobs: 10_000, devices);

        (many.CpuAJob / few.CpuAJob).ShouldBeLessThanOrEqualTo(1.1);
        // Each owner in turn may have had all devices, and then twice as many jobs waiting.
        many.MostQueued.ShouldBeLessThanOrEqualTo((2 * devices * Owners) + (64 * sweeps));
        many.LargestRecord.ShouldBeLessThanOrEqualTo(few.LargestRecord + 16);
    }

    private async Task<Cost> SimulateAsync(int sweeps, int jobs, int devices)
    {
        const int seed = 1;
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var store = new OffHeapStore();
        await using var silos = await TestSilos.StartAsync(store, time);
        var fleet = new SimulatedFleet(silos, time, devices, job: TimeSpan.FromSeconds(60), renewal: TimeSpan.FromSeconds(30), seed);
        var plans = Enumerable
            .Range(0, sweeps)
            .Select(i =>
                Plans.Plan(
                    images: Math.Min(jobs, 300),
                    cells: Math.Max(1, jobs / 300),
                    owner: $"owner-{i % Owners}",
                    name: $"sweep-{i}",
                    generator: $"generator-{i}"
                )
            )
            .ToArray();
        var total = plans.Sum(plan => plan.Images.Length * plan.Cells.Length);
        var (memory, cpu, clock) = (GC.GetTotalMemory(forceFullCollection: true), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());

        foreach (var plan in plans)
            await silos.Sweep(plan.Id).Start(plan, traceParent: null);
        await fleet.WorkUntilAsync(() => store.Results == total);

        var spent = Environment.CpuUsage.TotalTime - cpu;
        var cost = new Cost(spent / total, fleet.MostQueued, store.LargestRecord, GC.GetTotalMemory(forceFullCollection: true) - memory);
        fleet.Started.ShouldBe(total, "no job is done twice");
        output.WriteLine(
            $"{total, 9} jobs of {sweeps} sweeps on {devices} devices: {cost.CpuAJob.TotalMicroseconds:0} µs of CPU a job, {cost.MostQueued} queued at most, "
                + $"largest record {cost.LargestRecord} bytes, {cost.Memory >> 20} MiB more than before, "
                + $"devices busy {fleet.BusySeconds / devices / (time.GetUtcNow() - time.Start).TotalSeconds:P1} of {(time.GetUtcNow() - time.Start).TotalSeconds:0} simulated s, {clock.Elapsed.TotalSeconds:0} s"
        );
        return cost;
    }

    private sealed record Cost(TimeSpan CpuAJob, int MostQueued, int LargestRecord, long Memory);
}
