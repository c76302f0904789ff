using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>A sweep that a user pauses and resumes, while its cluster is switched off as a whole.</summary>
[Collection(FaultsCollection.Name)]
public sealed class PauseTests(Azurite azurite, QuietRun quietly, Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    private const double MostRedone = 0.02;

    [FactNeeding<LongFaults>]
    public async Task Pause_ClusterSwitchedOffMeanwhileThenResume_EndsAsTheQuietRunWithNextToNothingRedone()
    {
        var sweep = new TinySweep("paused", Rows: 6, Images: 5, Iterations: 1500);
        var quiet = await quietly.OfAsync(sweep);
        using var cluster = new ProcessCluster(azurite, workshop);
        await cluster.StartAsync("both", "both");
        using (var client = await sweep.SubmitAsync(cluster, workshop))
        {
            await cluster.Iterations.ReachAsync(sweep.Work / 3);
            await cluster.RunAsync("sweep", "pause", "latest");
            // What runs hears of it at its next report, and stops at the iteration after that.
            await Task.Delay(TimeSpan.FromSeconds(4));
            var still = cluster.Iterations.Executed;
            await Task.Delay(TimeSpan.FromSeconds(4));
            cluster.Iterations.Executed.ShouldBe(still);
            client.Signal("KILL");
        }

        foreach (var silo in cluster.Silos.ToArray())
            await silo.KillAsync();
        await Task.WhenAll(cluster.Silos.ToArray().Select(silo => cluster.Restart(silo).ReadyAsync()));
        var paused = cluster.Iterations.Executed;
        await Task.Delay(TimeSpan.FromSeconds(20));
        cluster.Iterations.Executed.ShouldBe(paused, "a paused sweep stays paused over the death of its cluster");
        await cluster.RunAsync("sweep", "priority", "latest", "7");

        var resumed = await cluster.RunAsync("sweep", "resume", "latest", "--out", "paused-report");
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, resumed, sweep.Jobs);
        var same = results.ShouldEqual(quiet);
        var redone = (double)cluster.Iterations.Executed / sweep.Work - 1;
        output.WriteLine(
            $"paused at {(double)paused / sweep.Work:P0} of the work, {same} of {sweep.Jobs} results the same to the bit, {redone:P2} of {sweep.Work} iterations redone"
        );
        redone.ShouldBeInRange(0, MostRedone);
    }
}
