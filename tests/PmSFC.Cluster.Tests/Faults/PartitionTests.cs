using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>Two silos that no longer reach each other, but both the store and the client.</summary>
[Collection(FaultsCollection.Name)]
public sealed class PartitionTests(Azurite azurite, QuietRun quietly, Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [FactNeeding<Azurite, SplitNetwork>]
    public Task Cut_BetweenTwoSilosThenHealed_OneGivesWayAndNoResultIsAcceptedTwice() =>
        RunAsync(new TinySweep("cut", Rows: 3, Images: 4, Iterations: 600), lease: TimeSpan.FromSeconds(5), times: 1);

    [FactNeeding<LongFaults, SplitNetwork>]
    public Task Cut_BetweenTwoSilosThenHealedFiveTimes_OneGivesWayAndNoResultIsAcceptedTwice() =>
        RunAsync(new TinySweep("often-cut", Rows: 40, Images: 5, Iterations: 1500), lease: TimeSpan.FromSeconds(6), times: 5);

    private async Task RunAsync(TinySweep sweep, TimeSpan lease, int times)
    {
        var quiet = await quietly.OfAsync(sweep);
        using var network = new SplitNetwork(places: 2);
        using var door = new FaultProxy(azurite.Endpoint, network.Here);
        using var cluster = new ProcessCluster(
            azurite,
            workshop,
            new ProcessClusterOptions
            {
                Lease = lease,
                Endpoint = door.Endpoint,
                Places = network.Places,
            }
        );
        await cluster.StartAsync("both", "both");
        var ended = sweep.RunAsync(cluster, workshop);
        await using var watch = new ArtifactWatch(cluster.Store);
        for (var i = 1; i <= times; i++)
        {
            await Task.WhenAny(cluster.Iterations.ReachAsync((double)sweep.Work * i / (times + 2)), ended);
            ended.IsCompleted.ShouldBeFalse($"the client ended before cut {i}: {ended.Exception}");
            network.Cut();
            // One learns that the other declared it dead, and ends itself.
            await Task.WhenAny(cluster.Silos.Select(silo => silo.DiesAsync(Patience)));
            // The other must outlive the cut and its end, which shows only with time: each takes as long as a lease, after which everything has been decided again.
            await Task.Delay(lease);
            network.Cut(isCut: false);
            await Task.Delay(lease);
            var dead = cluster.Silos.Where(silo => !silo.IsAlive).ShouldHaveSingleItem(cluster.Logs());
            output.WriteLine(
                $"the silo at {dead.Place.Address} gave way in cut {i}, at {(double)cluster.Iterations.Executed / sweep.Work:P0} of the work"
            );
            await cluster.Restart(dead).ReadyAsync();
        }

        var client = await ended;
        await watch.EndAsync();
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, client, sweep.Jobs);
        client.Succeeded.Order().ShouldBe(results.Keys.Order());
        var same = results.ShouldEqual(quiet);
        output.WriteLine(
            $"{times} cuts, {same} of {sweep.Jobs} results the same to the bit, {(double)cluster.Iterations.Executed / sweep.Work - 1:P1} of {sweep.Work} iterations redone"
        );
    }
}
