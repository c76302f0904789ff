using System.Diagnostics;
using PmSFC.Abstractions.Jobs;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Kubernetes.Tests;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;
using PmSFC.Storage.Tests;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>What <c>docs/operations.md</c> says of back-ups: a plain copy, made while a sweep runs, is another store on which the sweep goes on.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class BackUpTests(Azurite azurite, QuietRun quietly, Workshop workshop, ITestOutputHelper output)
    : IClassFixture<Workshop>,
        IClassFixture<QuietRun>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly TinySweep Sweep = new("back-up", Rows: 3, Images: 2, Iterations: 300);

    [FactNeeding<Azurite>]
    public async Task Copy_OfAContainerWhileSilosWork_IsResumedByOneProcessInAFolder()
    {
        var quiet = await quietly.OfAsync(Sweep);
        var folder = workshop.PathOf("restored");
        IReadOnlyList<string> finished;
        string sweep;
        using (var cluster = new ProcessCluster(azurite, workshop))
        {
            await cluster.StartAsync("control", "device");
            using var client = await Sweep.SubmitAsync(cluster, workshop);
            finished = await SomeAsync(cluster.Store);

            await CopyAsync(cluster.Store, new DirectoryArtifactStore(folder));

            sweep = client.Sweep;
        }

        finished.Count.ShouldBeLessThan(Sweep.Jobs);
        await FinishAsync(folder, sweep, finished, quiet);
    }

    [Fact]
    public async Task Copy_OfAFolderWhileAProcessWorks_IsResumedInAnother()
    {
        var quiet = await quietly.OfAsync(Sweep);
        var (original, folder) = (workshop.PathOf("original"), workshop.PathOf("restored-folder"));
        var store = new DirectoryArtifactStore(original);
        await TinyGenerator.Store(store);
        IReadOnlyList<string> finished;
        string sweep;
        using (var client = Sweep.Start(original, workshop))
        {
            finished = await SomeAsync(store);

            Directory.CreateDirectory(folder);
            var command = OperationsDocument
                .Commands("## Back up and restore")
                .Single(line => line.StartsWith("tar ", StringComparison.Ordinal));
            using var copy = Process.Start(
                "/bin/sh",
                ["-c", command.Replace("STORE", original, StringComparison.Ordinal).Replace("BACKUP", folder, StringComparison.Ordinal)]
            );
            await copy.WaitForExitAsync();
            copy.ExitCode.ShouldBe(0);

            sweep = client.Sweep;
        }

        finished.Count.ShouldBeLessThan(Sweep.Jobs);
        await FinishAsync(folder, sweep, finished, quiet);
    }

    /// <summary>Waits until a row of the sweep is finished.</summary>
    private static async Task<IReadOnlyList<string>> SomeAsync(IArtifactStore store)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var finished = await StoredResults.ReadAsync(store);
            if (finished.Count >= Sweep.Images)
                return [.. finished.Keys];
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience);
            await Task.Delay(50);
        }
    }

    private static async Task CopyAsync(IArtifactStore from, IArtifactStore to)
    {
        foreach (var name in await StoredResults.NamesAsync(from, ""))
        {
            // A checkpoint may be gone by now.
            if (!name.StartsWith(ArtifactNames.Memberships, StringComparison.Ordinal) && await from.ReadAsync(name) is { } artifact)
                await to.WriteOnceAsync(name, artifact.Content);
        }
    }

    private async Task FinishAsync(
        string folder,
        string sweep,
        IReadOnlyList<string> finished,
        IReadOnlyDictionary<string, JobResult> quiet
    )
    {
        var store = new DirectoryArtifactStore(folder);
        var before = new Dictionary<string, string>();
        foreach (var name in finished.SelectMany(job => ArtifactNames.JobArtifacts(job)))
            before[name] = (await store.ReadAsync(name)).ShouldNotBeNull(name).ETag;

        var commands = OperationsDocument
            .Commands("## Back up and restore")
            .Where(line => line.StartsWith("pmsfc ", StringComparison.Ordinal))
            .ToList();
        commands.Count.ShouldBe(3);
        foreach (var command in commands)
            (
                await Pmsfc.RunAsync(
                    workshop.Folder,
                    command
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
                        .Select(word =>
                            word switch
                            {
                                "ID" => sweep,
                                "RESTORED" => folder,
                                _ => word,
                            }
                        )
                )
            ).ShouldBeDone();

        var results = await StoredResults.ReadAsync(store);
        results.Count.ShouldBe(Sweep.Jobs);
        var same = results.ShouldEqual(quiet);
        foreach (var (name, etag) in before)
            (await store.ReadAsync(name)).ShouldNotBeNull(name).ETag.ShouldBe(etag, $"{name} was finished when the copy began");
        output.WriteLine(
            $"{finished.Count} of {Sweep.Jobs} results were finished when the copy began; {same} are in the end as those of a quiet run to the bit"
        );
    }
}
