using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests;

/// <summary>Clusters whose silos find each other through Orleans' own providers.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class MembershipTests(Azurite azurite, Workshop workshop) : IClassFixture<Workshop>
{
    [FactNeeding<Azurite>]
    public Task Sweep_MembershipInTables_IsDoneByBothSilos() => RunAsync("tables");

    [FactNeeding<LongFaults>]
    public Task Sweep_MembershipForDevelopment_IsDoneByBothSilos() => RunAsync("development");

    private async Task RunAsync(string membership)
    {
        using var tables = AzuriteService.Tables(Ports.Free(1)[0]);
        using var cluster = new ProcessCluster(
            azurite,
            workshop,
            new ProcessClusterOptions { Membership = membership, Tables = tables.Address }
        );
        await cluster.StartAsync("both", "device");
        var sweep = new TinySweep(membership, Rows: 4, Images: 2, Iterations: 300);

        var client = await sweep.RunAsync(cluster, workshop);

        await StoredResults.ShouldBeThereOnceAsync(cluster, client, sweep.Jobs);
        client
            .Jobs.Select(job => job.Device)
            .OfType<string>()
            .Distinct()
            .Order()
            .ShouldBe(cluster.Silos.Select(silo => silo.Device).Order());
    }
}
