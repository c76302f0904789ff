using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Storage;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests;

/// <summary>Clients of one cluster, one test after the other.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class ClientsTests(Workshop workshop, ClientsTests.SharedCluster shared)
    : IClassFixture<Workshop>,
        IClassFixture<ClientsTests.SharedCluster>
{
    private static readonly string[] Passing = ["state/", ArtifactNames.Memberships, ArtifactNames.AllCheckpoints, ArtifactNames.Previews];

    [FactNeeding<Azurite>]
    public Task Run_BySeveralClientsAtOnce_IsOneSweepWithOneTable() => SubmitAsync(clients: 2, iterations: [21]);

    [FactNeeding<LongFaults>]
    public Task Run_BySeveralClientsAtOnceAgainAndAgain_IsOneSweepWithOneTable() =>
        SubmitAsync(clients: 3, iterations: [31, 32, 33, 34, 35]);

    [FactNeeding<Azurite>]
    public async Task Clients_ThatComeAndGo_ShareOneSweep()
    {
        var cluster = await shared.StartedAsync();
        var sweeps = await SweepsAsync(cluster);
        var run = Run("shared", iterations: 100_000, images: 2);
        using var first = cluster.Client(run);
        using var second = cluster.Client(run);
        await Task.WhenAll(
            first.UntilAsync(job => job is { State: "running", Iteration: > 1 }),
            second.UntilAsync(job => job is { State: "running", Iteration: > 1 })
        );

        first.Signal("INT");
        (await first.EndAsync()).ShouldBe(130);
        (await first.ErrorAsync()).ShouldStartWith("detaching: what the cluster does goes on");
        first.Events[^1].GetProperty("event").GetString().ShouldBe("detached");
        first.Events[^1].GetProperty("cancel").GetString()!.ShouldEndWith("--cluster test");
        var seen = await second.UntilAsync(job => job is { State: "running", Iteration: > 1 });
        using var third = cluster.Client("sweep", "watch");
        (
            await third.UntilAsync(job => job is { State: "running", Iteration: > 1 } && job.Id == seen.Id)
        ).Iteration.ShouldBeGreaterThanOrEqualTo(seen.Iteration);
        var status = await cluster.RunAsync("sweep", "status");
        // Both images, or the first one alone where the other is still on its way.
        status.Last("status").GetProperty("cells")[0].GetProperty("running").GetInt32().ShouldBeInRange(1, 2);

        var cancel = await cluster.RunAsync("sweep", "cancel");

        (await second.EndAsync()).ShouldBe(1);
        (await third.EndAsync()).ShouldBe(1);
        new[] { first, second, third, cancel }.Select(client => client.Sweep).Distinct().Count().ShouldBe(1);
        (await SweepsAsync(cluster)).ShouldBe(sweeps + 1);
        second.Jobs.Max(job => job.Attempts).ShouldBe(1);
        // The next test counts iterations, of which a cancelled job may have one under way.
        await Task.WhenAll(
            second
                .Jobs.Where(job => job.State == "running")
                .Select(job => cluster.Silos.Single(silo => silo.Device == job.Device).SettledAsync(job.Id))
        );
    }

    /// <summary>As a schedule does it: images and history are in the store, the client has nothing but the spec.</summary>
    [FactNeeding<Azurite>]
    public async Task Evaluate_Twice_TheSecondComputesAndStoresNothing()
    {
        var cluster = await shared.StartedAsync();
        var before = cluster.Iterations.Executed;
        var spec = workshop.Write(
            "nightly.yaml",
            """
            name: nightly
            images: set:eval
            generator: celeba64-pggan
            gates: [psnr >= -0.1]
            methods: [{ method: mganprior, settings: { iterations: 20, codes: 2 } }]
            """
        );
        await cluster.RunAsync("images", "import", workshop.WritePictures("nightly-pictures", 3), "--name", "eval");
        var first = await cluster.RunAsync("evaluate", spec);
        var (iterations, stored) = (cluster.Iterations.Executed, await ArtifactsAsync());

        var second = await cluster.RunAsync("evaluate", spec);

        (iterations - before).ShouldBeGreaterThanOrEqualTo(3 * 20);
        cluster.Iterations.Executed.ShouldBe(iterations);
        (await ArtifactsAsync()).ShouldBe(stored);
        second.Jobs.ShouldBeEmpty();
        (
            first.Last("evaluation").GetProperty("stored").GetBoolean(),
            second.Last("evaluation").GetProperty("stored").GetBoolean()
        ).ShouldBe((true, false));
        second.Last("evaluation").GetProperty("outcome").GetString().ShouldBe("first");

        // The silos go on writing what they know of themselves, and remove what an earlier test's sweep needs no more.
        async Task<Dictionary<string, string>> ArtifactsAsync()
        {
            var tags = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (
                var name in (await StoredResults.NamesAsync(cluster.Store, "")).Where(name =>
                    !Passing.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
                )
            )
                tags[name] = (await cluster.Store.ReadAsync(name))!.ETag;
            return tags;
        }
    }

    private async Task SubmitAsync(int clients, int[] iterations)
    {
        var cluster = await shared.StartedAsync();
        var sweeps = await SweepsAsync(cluster);
        foreach (var count in iterations)
        {
            var sweep = new TinySweep($"submitted-{count}", Rows: 2, Images: 3, Iterations: count);
            var before = cluster.Iterations.Executed;
            var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => sweep.RunAsync(cluster, workshop)));

            foreach (var client in all)
            {
                client.Table.Count().ShouldBe(sweep.Jobs);
                client.Last("table").GetProperty("table").GetRawText().ShouldBe(all[0].Last("table").GetProperty("table").GetRawText());
                client.Jobs.ShouldAllBe(job => job.Attempts <= 1);
            }

            (await SweepsAsync(cluster)).ShouldBe(++sweeps);
            (cluster.Iterations.Executed - before).ShouldBe(sweep.Work, "no job is done for each client");
        }
    }

    private static async Task<int> SweepsAsync(ProcessCluster cluster) =>
        (await StoredResults.NamesAsync(cluster.Store, ArtifactNames.Sweeps)).Count(name => ArtifactNames.SweepOf(name) is not null);

    private string[] Run(string name, int iterations, int images)
    {
        var spec = workshop.Write(
            $"{name}.yaml",
            $"name: {name}\ngenerator: celeba64-pggan\nmethods: [{{ method: mganprior, settings: {{ iterations: {iterations}, codes: 1 }} }}]\n"
        );
        return ["sweep", "run", spec, "--images", workshop.WritePictures($"{name}-pictures", images), "--out", $"{name}-report"];
    }

    /// <summary>Two silos that compute slowly, from the first test that asks on.</summary>
    public sealed class SharedCluster(Azurite azurite) : IDisposable
    {
        private readonly Workshop _workshop = new();
        private ProcessCluster? _cluster;

        /// <summary>The cluster.</summary>
        internal async Task<ProcessCluster> StartedAsync()
        {
            if (_cluster is null)
            {
                _cluster = new ProcessCluster(azurite, _workshop, new ProcessClusterOptions { Rest = TimeSpan.FromMilliseconds(50) });
                await _cluster.StartAsync("both", "both");
            }

            return _cluster;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _cluster?.Dispose();
            _workshop.Dispose();
        }
    }
}
