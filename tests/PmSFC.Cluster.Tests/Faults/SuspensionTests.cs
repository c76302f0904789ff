using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>A silo that is suspended for longer than its lease and then goes on as if nothing had happened.</summary>
[Collection(FaultsCollection.Name)]
public sealed class SuspensionTests(Azurite azurite, QuietRun quietly, Workshop workshop, ITestOutputHelper output)
    : IClassFixture<Workshop>
{
    [FactNeeding<Azurite>]
    public Task Sigstop_SiloWithWork_ItsWorkGoesToOthersAndItsLateWritesChangeNothing() =>
        RunAsync(
            new TinySweep("suspended", Rows: 2, Images: 3, Iterations: 600),
            lease: TimeSpan.FromSeconds(6),
            suspension: TimeSpan.FromSeconds(15),
            times: 1,
            rest: TimeSpan.FromMilliseconds(20)
        );

    [FactNeeding<LongFaults>]
    public Task Sigstop_SiloWithWorkFor30Seconds_ItsWorkGoesToOthersAndItsLateWritesChangeNothing() =>
        RunAsync(
            new TinySweep("long-suspended", Rows: 30, Images: 5, Iterations: 2000),
            lease: TimeSpan.FromSeconds(12),
            suspension: TimeSpan.FromSeconds(30),
            times: 3
        );

    /// <param name="sweep">What is searched.</param>
    /// <param name="lease">For how long a silo has work without a word.</param>
    /// <param name="suspension">For how long a silo is suspended.</param>
    /// <param name="times">How many times.</param>
    /// <param name="rest">
    /// After each iteration, where a search might otherwise end between the event that tells of it and the signal: a busy machine reads events late.
    /// </param>
    private async Task RunAsync(TinySweep sweep, TimeSpan lease, TimeSpan suspension, int times, TimeSpan rest = default)
    {
        var quiet = await quietly.OfAsync(sweep);
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Lease = lease, Rest = rest });
        await cluster.StartAsync("control", "device", "device");
        using var client = await sweep.SubmitAsync(cluster, workshop);
        await using var watch = new ArtifactWatch(cluster.Store);
        for (var i = 0; i < times; i++)
        {
            client.CatchUp();
            var running = await client.UntilAsync(job =>
                job is { State: "running", Iteration: > 1 } && cluster.Silos.Any(silo => silo.Device == job.Device)
            );
            var suspended = cluster.Silos.Single(silo => silo.Device == running.Device);
            suspended.Signal("STOP");
            // The fault itself.
            await Task.Delay(suspension);
            suspended.Signal("CONT");

            // Others have declared it dead meanwhile. It may go on for a while before it finds that out and ends itself; what looks after silos starts it again.
            await suspended.SettledAsync(running.Id);
            var isDead = await suspended.DiesAsync(within: 2 * lease);
            output.WriteLine($"{running.Id} was at {running.Iteration} on {running.Device}, which is {(isDead ? "dead" : "alive")} now");
            if (isDead)
                await cluster.Restart(suspended).ReadyAsync();
            await client.UntilAsync(job => job.Id == running.Id && job.Attempts > running.Attempts);
        }

        await client.DoneAsync();
        await watch.EndAsync();
        var results = await StoredResults.ShouldBeThereOnceAsync(cluster, client, sweep.Jobs);
        client.Succeeded.Order().ShouldBe(results.Keys.Order());
        var same = results.ShouldEqual(quiet);
        output.WriteLine(
            $"{same} of {sweep.Jobs} results the same to the bit, {cluster.Iterations.Executed - sweep.Work} of {sweep.Work} iterations redone"
        );
    }
}
