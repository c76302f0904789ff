using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Client.Results;

/// <summary>Results of a sweep's jobs that were not accepted because the job had another.</summary>
public static class StoredConflicts
{
    private const int Shown = 10,
        ShownDigits = 12;

    /// <summary>Those of a plan's jobs.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task<ImmutableArray<JobConflict>> ReadAsync(
        IArtifactStore store,
        SweepPlan plan,
        CancellationToken cancellationToken = default
    )
    {
        var conflicts = ImmutableArray.CreateBuilder<JobConflict>();
        HashSet<string>? ids = null;
        await foreach (var name in store.ListAsync(ArtifactNames.Conflicts, cancellationToken))
        {
            // A store has few conflicts or none, and a plan may have many jobs.
            ids ??= plan.Jobs().Select(job => job.Spec.Id).ToHashSet(StringComparer.Ordinal);
            if (ArtifactNames.ConflictOf(name) is not { } id || !ids.Contains(id))
                continue;
            if (await StoredJson.ReadOrNullAsync<JobConflict>(store, name, cancellationToken) is { } conflict)
                conflicts.Add(conflict);
        }

        return conflicts.ToImmutable();
    }

    /// <summary>A sentence for each, up to 10, and one for the rest.</summary>
    public static IEnumerable<string> Describe(SweepPlan plan, ImmutableArray<JobConflict> conflicts)
    {
        if (conflicts.IsEmpty)
            yield break;
        var jobs = plan.Jobs().ToLookup(job => job.Spec.Id);
        foreach (var conflict in conflicts.Take(Shown))
        {
            var job = jobs[conflict.JobId].First();
            yield return $"{job.Cell.Label} {job.Image.Name}: conflict, another attempt on {conflict.Device} came to another reconstruction (SHA-256 {Short(conflict.RefusedSha256)}…) "
                + $"than the stored one ({Short(conflict.StoredSha256)}…), which counts.";
        }

        if (conflicts.Length > Shown)
            yield return $"{conflicts.Length - Shown} more conflicts; the store has them under {ArtifactNames.Conflicts}.";
    }

    private static string Short(string sha256) => sha256[..Math.Min(ShownDigits, sha256.Length)];
}
