using System.Net;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests;

[Collection(AzuriteCollection.Name)]
public sealed class ProcessClusterTests(Azurite azurite, Workshop workshop) : IClassFixture<Workshop>
{
    [FactNeeding<Azurite>]
    public async Task Sigterm_SiloWithWork_CheckpointsReleasesLeavesAndExitsWithZero()
    {
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Rest = TimeSpan.FromMilliseconds(10) });
        await cluster.StartAsync("control", "device", "device");
        using var client = await new TinySweep("drained", Rows: 1, Images: 1, Iterations: 1500).SubmitAsync(cluster, workshop);
        var running = await client.UntilAsync(job => job is { State: "running", Iteration: > 20 });
        var drained = cluster.Silos.Single(silo => silo.Device == running.Device);
        (await drained.HealthAsync("live")).ShouldBe(HttpStatusCode.OK);

        drained.Signal();

        (await drained.ExitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, drained.Log);
        (await drained.HealthAsync("live")).ShouldBeNull();
        var seen = client.Jobs.Where(job => job.Device == drained.Device).Max(job => job.Iteration);
        var taken = await client.UntilAsync(job => job is { State: "running", Iteration: > 0 } && job.Device != drained.Device);
        taken.Iteration.ShouldBeGreaterThanOrEqualTo(seen, "a drain loses no finished iteration");
        await client.DoneAsync();
        await StoredResults.ShouldBeThereOnceAsync(cluster, client, jobs: 1);
        client.Jobs.Where(job => job.State == "succeeded").Select(job => job.Id).ShouldBeUnique();
        client.Succeeded.Count().ShouldBe(1);
        cluster.Silos[0].Log.ShouldContain("Device pool default starts");
        cluster.Silos.Skip(1).ShouldAllBe(silo => !silo.Log.Contains("Device pool default starts") && !silo.Log.Contains("'drained'"));
    }
}
