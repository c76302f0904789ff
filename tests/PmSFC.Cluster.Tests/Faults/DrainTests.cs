using System.Diagnostics;
using System.Globalization;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>Silos that are told to stop while their store is away.</summary>
[Collection(FaultsCollection.Name)]
public sealed class DrainTests(QuietRun quietly, Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);

    [FactNeeding<LongFaults>]
    public Task Sigterm_StoreAnswers503_SilosAreGoneWithinAMinuteAndTheSweepGoesOn() => RunAsync("drain-busy", StoreFault.Busy);

    [FactNeeding<LongFaults>]
    public Task Sigterm_StoreHangs_SilosAreGoneWithinAMinuteAndTheSweepGoesOn() => RunAsync("drain-hanging", StoreFault.Hanging);

    [FactNeeding<LongFaults>]
    public Task Sigterm_StoreIsGone_SilosAreGoneWithinAMinuteAndTheSweepGoesOn() => RunAsync("drain-gone", StoreFault.Gone);

    private async Task RunAsync(string name, StoreFault fault)
    {
        var sweep = new TinySweep(name, Rows: 2, Images: 4, Iterations: 1500);
        var quiet = await quietly.OfAsync(sweep);
        using var azurite = Azurite.In(workshop.PathOf($"{name}-azurite"));
        using var proxy = new FaultProxy(azurite.Endpoint);
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Endpoint = proxy.Endpoint });
        await cluster.StartAsync("both", "device");
        using (var client = await sweep.SubmitAsync(cluster, workshop))
        {
            await cluster.Iterations.ReachAsync(sweep.Work / 8);
            client.Signal("KILL");
        }

        var silos = cluster.Silos.ToArray();
        await proxy.StrikeAsync(fault, async () =>
        {
            // Long enough that what a device stores has met the fault.
            await Task.Delay(TimeSpan.FromSeconds(3));
            await Task.WhenAll(
                silos.Select(async silo =>
                {
                    var clock = Stopwatch.StartNew();
                    silo.Signal();
                    (await silo.ExitAsync(LongestStop)).ShouldBe(0, silo.Log);
                    output.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"{silo.Role}: gone {clock.Elapsed.TotalSeconds:0.0} s after SIGTERM")
                    );
                })
            );
        });

        await Task.WhenAll(silos.Select(silo => cluster.Restart(silo).ReadyAsync()));
        using var resumed = cluster.Client("sweep", "resume", "latest", "--out", $"{name}-report");
        var ended = resumed.DoneAsync();
        await Task.WhenAny([ended, .. cluster.Silos.Select(silo => silo.DiesAsync(Timeout.InfiniteTimeSpan))]);
        cluster.Silos.ShouldAllBe(silo => silo.IsAlive, cluster.Logs());
        await ended;
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, resumed, sweep.Jobs);
        results.ShouldEqual(quiet);
    }
}
