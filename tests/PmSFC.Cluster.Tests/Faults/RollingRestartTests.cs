using System.Diagnostics;
using System.Globalization;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>Silos that are told to stop one after another, and started again, while a sweep runs.</summary>
[Collection(FaultsCollection.Name)]
public sealed class RollingRestartTests(Azurite azurite, QuietRun quietly, Workshop workshop, ITestOutputHelper output)
    : IClassFixture<Workshop>
{
    // Far less than lies between two checkpoints, which is what a stop without a drain would cost.
    private const double MostRedone = 0.01;

    // Less than the 15 s for which a call that waits for events may be under way: a stop must not wait for it.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(12);

    [FactNeeding<LongFaults>]
    public Task Sigterm_EachSiloInTurn_RedoesNextToNothing() =>
        RunAsync(new TinySweep("rolling", Rows: 4, Images: 4, Iterations: 6000), rounds: 1);

    [FactNeeding<LongFaults>]
    public Task Sigterm_EachSiloInTurnFourTimes_RedoesNextToNothing() =>
        RunAsync(new TinySweep("rolling-on", Rows: 16, Images: 4, Iterations: 4000), rounds: 4);

    private async Task RunAsync(TinySweep sweep, int rounds)
    {
        var quiet = await quietly.OfAsync(sweep);
        using var cluster = new ProcessCluster(azurite, workshop);
        await cluster.StartAsync("both", "both", "both");
        using var client = await sweep.SubmitAsync(cluster, workshop);
        await using var watch = new ArtifactWatch(cluster.Store);
        var ended = client.DoneAsync(TimeSpan.FromHours(1));
        var stops = Enumerable.Repeat(cluster.Silos.Select(silo => silo.SiloPort).ToArray(), rounds).SelectMany(ports => ports).ToArray();

        var took = new List<string>();
        for (var stop = 0; stop < stops.Length; stop++)
        {
            // In the first half, so that work is left however long the stops take.
            await Task.WhenAny(cluster.Iterations.ReachAsync(sweep.Work * (stop + 0.5) / (2 * stops.Length)), ended);
            ended.IsCompleted.ShouldBeFalse($"the sweep ended before stop {stop}: {ended.Exception} {string.Join(", ", took)}");
            var clock = Stopwatch.StartNew();
            var stopped = cluster.Silos.Single(silo => silo.SiloPort == stops[stop]);
            stopped.Signal();
            (await stopped.ExitAsync(LongestStop)).ShouldBe(0, stopped.Log);
            var stopping = clock.Elapsed;
            await cluster.Restart(stopped).ReadyAsync();
            took.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"stop {stop}: gone after {stopping.TotalSeconds:0.0} s, ready after {clock.Elapsed.TotalSeconds:0.0} s"
                )
            );
        }

        await ended;
        await watch.EndAsync();
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, client, sweep.Jobs);
        client.Succeeded.Order().ShouldBe(results.Keys.Order());
        var same = results.ShouldEqual(quiet);
        output.WriteLine(string.Join('\n', took));
        output.WriteLine(
            $"{stops.Length} stops, {same} of {sweep.Jobs} results the same to the bit, {cluster.Iterations.Executed - sweep.Work} of {sweep.Work} iterations redone"
        );
        ((double)cluster.Iterations.Executed / sweep.Work - 1).ShouldBeInRange(0, MostRedone);
    }
}
