using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>All silos are killed at once and started again, and nobody asks for the sweep any more.</summary>
[Collection(FaultsCollection.Name)]
public sealed class ClusterDeathTests(Azurite azurite, QuietRun quietly, Workshop workshop, ITestOutputHelper output)
    : IClassFixture<Workshop>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    [FactNeeding<Azurite>]
    public Task Kill_TheWholeClusterAndItsClient_TheSweepGoesOnByItselfToItsEnd() =>
        RunAsync(new TinySweep("deaths", Rows: 2, Images: 4, Iterations: 600), silos: 2, deaths: 1);

    [FactNeeding<LongFaults>]
    public Task Kill_TheWholeClusterFiveTimesAndItsClient_TheSweepGoesOnByItselfToItsEnd() =>
        RunAsync(new TinySweep("many-deaths", Rows: 10, Images: 5, Iterations: 1000), silos: 3, deaths: 5);

    private async Task RunAsync(TinySweep sweep, int silos, int deaths)
    {
        var quiet = await quietly.OfAsync(sweep);
        using var cluster = new ProcessCluster(azurite, workshop);
        await cluster.StartAsync([.. Enumerable.Repeat("both", silos)]);
        using (var client = await sweep.SubmitAsync(cluster, workshop))
            await client.UntilAsync(job => job is { State: "running", Iteration: > 1 });
        await using var watch = new ArtifactWatch(cluster.Store);

        for (var death = 1; death <= deaths; death++)
        {
            await cluster.Iterations.ReachAsync(sweep.Work * death / (deaths + 1.0));
            SiloProcess[] killed = [.. cluster.Silos];
            await Task.WhenAll(killed.Select(silo => silo.KillAsync()));
            foreach (var silo in killed)
                cluster.Restart(silo);
        }

        using var patience = new CancellationTokenSource(Patience);
        while ((await StoredResults.ReadAsync(cluster.Store)).Count < sweep.Jobs)
            await Task.Delay(200, patience.Token);
        await watch.EndAsync();
        var late = await cluster.RunAsync("sweep", "watch");
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, late, sweep.Jobs);
        var same = results.ShouldEqual(quiet);
        var redone = (double)cluster.Iterations.Executed / sweep.Work - 1;
        output.WriteLine(
            $"{deaths} deaths of the cluster, {same} of {sweep.Jobs} results the same to the bit, {redone:P1} of {sweep.Work} iterations redone"
        );
    }
}
