using System.Diagnostics;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>Silos that are killed again and again, each started again at once.</summary>
[Collection(FaultsCollection.Name)]
public sealed class KillTests(Azurite azurite, QuietRun quietly, Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    // A checkpoint every 0.2 s, but few iterations between two kills.
    private const double MostRedoneOfLittle = 0.5;
    private const double MostRedone = 0.15;

    [FactNeeding<Azurite>]
    public Task Kill_SilosAtRandom_EndsAsTheQuietRun() =>
        RunAsync(new TinySweep("kills", Rows: 2, Images: 4, Iterations: 600), kills: 3, MostRedoneOfLittle);

    [FactNeeding<LongFaults>]
    public Task Kill_SilosAtRandomFortyTimesIn300Jobs_EndsAsTheQuietRunWithLittleWorkRedone() =>
        RunAsync(new TinySweep("many-kills", Rows: 50, Images: 6, Iterations: 300), kills: 40, MostRedone);

    private async Task RunAsync(TinySweep sweep, int kills, double mostRedone)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        var clock = Stopwatch.StartNew();
        var quiet = await quietly.OfAsync(sweep);
        using var cluster = new ProcessCluster(
            azurite,
            workshop,
            new ProcessClusterOptions { CheckpointEvery = TimeSpan.FromSeconds(0.2) }
        );
        await cluster.StartAsync("both", "both", "both");
        using var client = await sweep.SubmitAsync(cluster, workshop);
        output.WriteLine($"{clock.Elapsed.TotalSeconds, 6:0.0} s: the cluster is up");
        await using var watch = new ArtifactWatch(cluster.Store);
        var ended = client.DoneAsync(TimeSpan.FromHours(1));

        for (var kill = 1; kill <= kills; kill++)
        {
            // Spread over the work, so that all of them hit a sweep that is under way whatever the machine's speed.
            await Task.WhenAny(cluster.Iterations.ReachAsync(sweep.Work * (kill - random.NextDouble()) / (kills + 1)), ended);
            ended.IsCompleted.ShouldBeFalse($"the client ended before kill {kill}: {ended.Exception}");
            var killed = kill == 1 ? await WorkingAsync(cluster, client, random) : await cluster.AnyAsync(random);
            await killed.KillAsync();
            output.WriteLine(
                $"{clock.Elapsed.TotalSeconds, 6:0.0} s: kill {kill} of {killed.SiloPort} at {(double)cluster.Iterations.Executed / sweep.Work:P0} of the work"
            );
            cluster.Restart(killed);
        }

        await ended;
        output.WriteLine($"{clock.Elapsed.TotalSeconds, 6:0.0} s: the sweep has ended");
        await watch.EndAsync();
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, client, sweep.Jobs);
        client.Succeeded.Order().ShouldBe(results.Keys.Order());
        // A killed silo may have had the sweep too, whose successor must not tell again what was told.
        client.Jobs.Where(job => job.State == "succeeded").Select(job => job.Id).ShouldBeUnique();
        var same = results.ShouldEqual(quiet);
        var redone = (double)cluster.Iterations.Executed / sweep.Work - 1;
        output.WriteLine(
            $"{kills} kills, {same} of {sweep.Jobs} results the same to the bit, {redone:P1} of {sweep.Work} iterations redone, {watch.Seen} artifacts seen"
        );
        redone.ShouldBeInRange(0, mostRedone);
    }

    /// <summary>One of the silos of which the client has heard that they work.</summary>
    private static async Task<SiloProcess> WorkingAsync(ProcessCluster cluster, ClientProcess client, Random random)
    {
        var working = await Eventually.Get(
            () => Task.FromResult(cluster.Silos.Where(silo => client.Jobs.Any(job => job.Device == silo.Device)).ToArray()),
            silos => silos.Length > 0
        );
        return working[random.Next(working.Length)];
    }
}
