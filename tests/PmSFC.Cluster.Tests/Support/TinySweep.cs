using System.Globalization;
using PmSFC.Abstractions.Jobs;
using PmSFC.Cli.Tests.Support;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Short inversions of a few images on a generator of 16 pixels, so that what is tested is the cluster. Rows cannot share a batch.</summary>
internal sealed record TinySweep(string Name, int Rows, int Images, int Iterations)
{
    public int Jobs => Rows * Images;

    /// <summary>Iterations of all jobs.</summary>
    public long Work => (long)Jobs * Iterations;

    /// <summary>Starts a client that runs it on a cluster.</summary>
    public async Task<ClientProcess> SubmitAsync(ProcessCluster cluster, Workshop workshop)
    {
        await TinyGenerator.Store(cluster.Store);
        return cluster.Client(Arguments(workshop));
    }

    /// <summary>Runs it on a cluster to its end, which must be a good one.</summary>
    public async Task<ClientEvents> RunAsync(ProcessCluster cluster, Workshop workshop)
    {
        await TinyGenerator.Store(cluster.Store);
        return await cluster.RunAsync(Arguments(workshop));
    }

    /// <summary>Starts a process that runs it on a store with its generator.</summary>
    public ClientProcess Start(string store, Workshop workshop) =>
        new(Pmsfc.Start(workshop.Folder, [.. Arguments(workshop), "--store", store, "--threads", "1", "--json"]));

    /// <summary>Runs it undisturbed, in one process on a store of its own.</summary>
    /// <returns>The results by job.</returns>
    public async Task<IReadOnlyDictionary<string, JobResult>> RunQuietlyAsync(Workshop workshop)
    {
        var folder = workshop.PathOf($"{Name}-quiet");
        var store = new DirectoryArtifactStore(folder);
        await TinyGenerator.Store(store);
        (await Pmsfc.RunAsync(workshop.Folder, [.. Arguments(workshop), "--store", folder, "--threads", "1", "--json"])).ShouldBeDone();
        var results = await StoredResults.ReadAsync(store);
        results.Count.ShouldBe(Jobs);
        return results;
    }

    private string[] Arguments(Workshop workshop)
    {
        var methods = Enumerable
            .Range(1, Rows)
            .Select(row =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  - method: mganprior\n    settings: {{ iterations: {Iterations}, codes: 2, perceptual: none, learning-rate: {0.05 + (0.001 * row)} }}\n"
                )
            );
        var spec = workshop.Write($"{Name}.yaml", $"name: {Name}\ngenerator: tiny\nmethods:\n{string.Concat(methods)}");
        return ["sweep", "run", spec, "--images", workshop.WritePictures($"{Name}-pictures", Images), "--out", $"{Name}-report"];
    }
}
