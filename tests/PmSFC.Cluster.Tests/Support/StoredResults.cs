using System.Security.Cryptography;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Storage;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>What a sweep has left in a store.</summary>
internal static class StoredResults
{
    // Of 80 searches of 1000 or 1500 iterations, five in a graph against fewer: up to 1.33 dB, and .18 in SSIM, which says nothing of such pictures.
    private const double PsnrTolerance = 3;

    public static async Task<List<string>> NamesAsync(IArtifactStore store, string prefix)
    {
        var names = new List<string>();
        await foreach (var name in store.ListAsync(prefix))
            names.Add(name);
        return names;
    }

    /// <summary>The results by job.</summary>
    public static async Task<IReadOnlyDictionary<string, JobResult>> ReadAsync(IArtifactStore store)
    {
        var results = new Dictionary<string, JobResult>();
        foreach (var id in (await NamesAsync(store, ArtifactNames.Jobs)).Select(ArtifactNames.JobOf).OfType<string>())
            results[id] = ArtifactJson.Read<JobResult>((await store.ReadAsync(ArtifactNames.JobResult(id))).ShouldNotBeNull().Content.Span);
        return results;
    }

    /// <summary>Every job has one result, which is complete and which the client's table shows, and nothing else is left.</summary>
    public static async Task<IReadOnlyDictionary<string, JobResult>> ShouldBeThereOnceAsync(
        ProcessCluster cluster,
        ClientEvents client,
        int jobs
    )
    {
        var results = await ReadAsync(cluster.Store);
        results.Count.ShouldBe(jobs, cluster.Logs());
        client.Table.Select(job => job.GetProperty("id").GetString()!).Order().ShouldBe(results.Keys.Order());
        foreach (var (id, result) in results)
        {
            result.JobId.ShouldBe(id);
            var reconstruction = (await cluster.Store.ReadAsync(ArtifactNames.JobReconstruction(id))).ShouldNotBeNull();
            Convert.ToHexStringLower(SHA256.HashData(reconstruction.Content.Span)).ShouldBe(result.ReconstructionSha256);
            (await cluster.Store.ExistsAsync(ArtifactNames.JobCodes(id))).ShouldBeTrue();
        }

        (await NamesAsync(cluster.Store, ArtifactNames.AllCheckpoints)).ShouldBeEmpty("what is done needs no checkpoint");
        return results;
    }

    /// <summary>
    /// Results of the same jobs, and perhaps others, on another store are the same: to the bit where the graph was of one width, and alike where it was not,
    /// since another kernel rounds otherwise.
    /// </summary>
    /// <returns>How many are the same to the bit.</returns>
    public static int ShouldEqual(this IReadOnlyDictionary<string, JobResult> results, IReadOnlyDictionary<string, JobResult> quiet)
    {
        results.Keys.ShouldBeSubsetOf(quiet.Keys);
        foreach (var (id, result) in results)
        {
            result.Iterations.ShouldBe(quiet[id].Iterations);
            result.Losses.Select(point => point.Iteration).ShouldBe(quiet[id].Losses.Select(point => point.Iteration));
            if (result.BatchWidth.ShouldNotBeNull() == quiet[id].BatchWidth)
            {
                result.ReconstructionSha256.ShouldBe(quiet[id].ReconstructionSha256, id);
                continue;
            }

            result.Metrics["psnr"].ShouldBe(quiet[id].Metrics["psnr"], PsnrTolerance, id);
        }

        return results.Count(result => result.Value.ReconstructionSha256 == quiet[result.Key].ReconstructionSha256);
    }
}
