using System.Net;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Storage;
using PmSFC.Storage.Tests;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests;

[Collection(AzuriteCollection.Name)]
public sealed class ProcessClusterTests(Azurite azurite, Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    [FactNeeding<Azurite>]
    public async Task Kill_OneOfThreeSilosWithWork_AllResultsAreThereOnce()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var cluster = new ProcessCluster(azurite, workshop);
        await cluster.StartAsync("both", "both", "both");
        using var client = await new TinySweep("killed", Rows: 4, Images: 3, Iterations: 300).SubmitAsync(cluster, workshop);

        await client.UntilAsync(job => job is { State: "running", Iteration: > 1 });
        var working = cluster.Silos.Where(silo => client.Jobs.Any(job => job.Device == silo.Device)).ToArray();
        var killed = working[new Random(seed).Next(working.Length)];
        await killed.KillAsync();
        await client.DoneAsync();

        client.Jobs.ShouldContain(job => job.Device == killed.Device);
        await StoredResults.ShouldBeThereOnceAsync(cluster, client, jobs: 12);
        client.Succeeded.Count().ShouldBe(12);
        // The killed silo may have had the sweep too, which then tells of all its jobs again.
        client.Jobs.Where(job => job.State == "succeeded").Select(job => job.Id).ShouldBeUnique();
    }

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

    [FactNeeding<Azurite>]
    public async Task Clients_ThatComeAndGo_ShareOneSweep()
    {
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Rest = TimeSpan.FromMilliseconds(50) });
        await cluster.StartAsync("control", "both");
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
        var seen = (await second.UntilAsync(job => job is { State: "running", Iteration: > 1 })).Iteration;
        using var third = cluster.Client("sweep", "watch");
        (await third.UntilAsync(job => job is { State: "running", Iteration: > 1 })).Iteration.ShouldBeGreaterThanOrEqualTo(seen);
        using var status = cluster.Client("sweep", "status");
        await status.DoneAsync();
        // The images of the row together, or the first one alone where the device asked while the other was still on its way.
        status.Last("status").GetProperty("cells")[0].GetProperty("running").GetInt32().ShouldBeInRange(1, 2);

        using var cancel = cluster.Client("sweep", "cancel");
        await cancel.DoneAsync();

        (await second.EndAsync()).ShouldBe(1);
        (await third.EndAsync()).ShouldBe(1);
        string[] ids =
        [
            .. new[] { first, second, third, cancel }.Select(client =>
                client.Events.First(e => e.TryGetProperty("sweep", out _)).GetProperty("sweep").GetString()!
            ),
        ];
        ids.Distinct().Count().ShouldBe(1);
        (await StoredResults.NamesAsync(cluster.Store, ArtifactNames.Sweeps))
            .Count(name => ArtifactNames.SweepOf(name) is not null)
            .ShouldBe(1);
        second.Jobs.Max(job => job.Attempts).ShouldBe(1);
    }

    /// <summary>As a schedule does it: images and history are in the store, the client has nothing but the spec.</summary>
    [FactNeeding<Azurite>]
    public async Task Evaluate_Twice_TheSecondComputesAndStoresNothing()
    {
        using var cluster = new ProcessCluster(azurite, workshop);
        await cluster.StartAsync("both");
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
        using var import = cluster.Client("images", "import", workshop.WritePictures("nightly-pictures", 3), "--name", "eval");
        await import.DoneAsync();
        using var first = cluster.Client("evaluate", spec);
        await first.DoneAsync();
        var (iterations, stored) = (cluster.Iterations.Executed, await ArtifactsAsync());

        using var second = cluster.Client("evaluate", spec);
        await second.DoneAsync();

        iterations.ShouldBeGreaterThanOrEqualTo(3 * 20);
        cluster.Iterations.Executed.ShouldBe(iterations);
        (await ArtifactsAsync()).ShouldBe(stored);
        second.Jobs.ShouldBeEmpty();
        (
            first.Last("evaluation").GetProperty("stored").GetBoolean(),
            second.Last("evaluation").GetProperty("stored").GetBoolean()
        ).ShouldBe((true, false));
        second.Last("evaluation").GetProperty("outcome").GetString().ShouldBe("first");

        // The silos go on writing what they know of themselves.
        async Task<Dictionary<string, string>> ArtifactsAsync()
        {
            var tags = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (
                var name in (await StoredResults.NamesAsync(cluster.Store, "")).Where(name =>
                    !name.StartsWith("state/", StringComparison.Ordinal)
                    && !name.StartsWith(ArtifactNames.Memberships, StringComparison.Ordinal)
                )
            )
                tags[name] = (await cluster.Store.ReadAsync(name))!.ETag;
            return tags;
        }
    }

    private string[] Run(string name, int iterations, int images)
    {
        var spec = workshop.Write(
            $"{name}.yaml",
            $"name: {name}\ngenerator: celeba64-pggan\nmethods: [{{ method: mganprior, settings: {{ iterations: {iterations}, codes: 1 }} }}]\n"
        );
        return ["sweep", "run", spec, "--images", workshop.WritePictures($"{name}-pictures", images), "--out", $"{name}-report"];
    }
}
