using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Storage;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>Clients that submit the same spec at the same moment.</summary>
[Collection(FaultsCollection.Name)]
public sealed class SubmissionTests(Azurite azurite, Workshop workshop) : IClassFixture<Workshop>
{
    [FactNeeding<Azurite>]
    public Task Run_BySeveralClientsAtOnce_IsOneSweepWithOneTable() => RunAsync(clients: 2, sweeps: 1);

    [FactNeeding<LongFaults>]
    public Task Run_BySeveralClientsAtOnceAgainAndAgain_IsOneSweepWithOneTable() => RunAsync(clients: 3, sweeps: 5);

    private async Task RunAsync(int clients, int sweeps)
    {
        using var cluster = new ProcessCluster(azurite, workshop);
        await cluster.StartAsync("both", "both");
        for (var i = 1; i <= sweeps; i++)
        {
            var sweep = new TinySweep($"submitted-{i}", Rows: 2, Images: 3, Iterations: 20 + i);
            var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => sweep.SubmitAsync(cluster, workshop)));
            try
            {
                await Task.WhenAll(all.Select(client => client.DoneAsync()));

                foreach (var client in all)
                {
                    client.Table.Count().ShouldBe(sweep.Jobs);
                    client.Last("table").GetProperty("table").GetRawText().ShouldBe(all[0].Last("table").GetProperty("table").GetRawText());
                    client.Jobs.ShouldAllBe(job => job.Attempts <= 1);
                }
            }
            finally
            {
                foreach (var client in all)
                    client.Dispose();
            }

            (await StoredResults.NamesAsync(cluster.Store, ArtifactNames.Sweeps))
                .Count(name => ArtifactNames.SweepOf(name) is not null)
                .ShouldBe(i);
            cluster.Iterations.Executed.ShouldBe(Enumerable.Range(1, i).Sum(n => 6L * (20 + n)), "no job is done for each client");
        }
    }
}
