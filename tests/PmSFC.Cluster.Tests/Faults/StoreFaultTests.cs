using System.Diagnostics;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>A store that stumbles: it answers errors or nothing, breaks connections, and dies.</summary>
[Collection(FaultsCollection.Name)]
public sealed class StoreFaultTests(QuietRun quietly, Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    private static readonly StoreFault[] Stumbles =
    [
        StoreFault.Busy,
        StoreFault.UploadsBreak,
        StoreFault.Hanging,
        StoreFault.AnswersAreLost,
        StoreFault.Broken,
    ];

    [FactNeeding<Azurite>]
    public Task Store_StumblesAndIsStartedAnew_EndsAsTheQuietRun() =>
        RunAsync(new TinySweep("stumbles", Rows: 3, Images: 4, Iterations: 600), silos: 2, Stumbles, TimeSpan.FromSeconds(2), restarts: 1);

    [FactNeeding<LongFaults>]
    public Task Store_StumblesForAMinuteEachAndIsStartedAnewTenTimes_EndsAsTheQuietRun() =>
        RunAsync(
            new TinySweep("long-stumbles", Rows: 20, Images: 5, Iterations: 1500),
            silos: 3,
            Stumbles,
            TimeSpan.FromSeconds(60),
            restarts: 10
        );

    private async Task RunAsync(TinySweep sweep, int silos, StoreFault[] stumbles, TimeSpan length, int restarts)
    {
        var quiet = await quietly.OfAsync(sweep);
        using var azurite = Azurite.In(workshop.PathOf($"{sweep.Name}-azurite"));
        using var proxy = new FaultProxy(azurite.Endpoint);
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Endpoint = proxy.Endpoint });
        await cluster.StartAsync([.. Enumerable.Repeat("both", silos)]);
        var ended = sweep.RunAsync(cluster, workshop);
        await using var watch = new ArtifactWatch(cluster.Store);
        var clock = Stopwatch.StartNew();

        // The restarts lie between the stumbles, and all of them over the work.
        var faults = Enumerable
            .Range(0, Math.Max(restarts, stumbles.Length))
            .SelectMany(i => (StoreFault[])[.. stumbles.Skip(i).Take(1), .. Enumerable.Repeat(StoreFault.Gone, i < restarts ? 1 : 0)])
            .ToArray();
        for (var i = 0; i < faults.Length; i++)
        {
            await Task.WhenAny(cluster.Iterations.ReachAsync(sweep.Work * (i + 1.0) / (faults.Length + 2)), ended);
            ended.IsCompleted.ShouldBeFalse($"the client ended before {faults[i]}: {ended.Exception}\n{cluster.Logs()}");
            await proxy.StrikeAsync(faults[i], () =>
                faults[i] == StoreFault.Gone ? azurite.RestartAsync(away: TimeSpan.FromSeconds(1)) : Task.Delay(length)
            );
            output.WriteLine(
                $"{clock.Elapsed.TotalSeconds, 6:0.0} s: {faults[i]} is over at {(double)cluster.Iterations.Executed / sweep.Work:P0} of the work"
            );
        }

        var client = await ended;
        output.WriteLine($"{clock.Elapsed.TotalSeconds, 6:0.0} s: the sweep has ended");
        await watch.EndAsync();
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, client, sweep.Jobs);
        client.Succeeded.Order().ShouldBe(results.Keys.Order());
        var same = results.ShouldEqual(quiet);
        var struck = string.Join(", ", proxy.Struck.Select(fault => $"{fault.Value} {fault.Key}"));
        output.WriteLine(
            $"requests struck: {struck}; {same} of {sweep.Jobs} results the same to the bit, "
                + $"{(double)cluster.Iterations.Executed / sweep.Work - 1:P1} of {sweep.Work} iterations redone, {watch.Seen} artifacts seen"
        );
    }
}
