using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PmSFC.Storage;

/// <summary>A cluster whose silos were heard of lately.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Silos">Active silos that were heard of lately.</param>
/// <param name="LastHeard">When the last of them was.</param>
public sealed record ActiveCluster(string Id, int Silos, DateTimeOffset LastHeard);

/// <summary>The clusters that a store serves.</summary>
public static class ActiveClusters
{
    /// <summary>How long a silo that has said nothing may yet be alive.</summary>
    public static TimeSpan Silence { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Every cluster with an active silo that was heard of within <see cref="Silence"/>.</summary>
    public static async IAsyncEnumerable<ActiveCluster> ListAsync(
        IArtifactStore store,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var since = (time.GetUtcNow() - Silence).UtcDateTime;
        await foreach (var name in store.ListAsync(ArtifactNames.Memberships, cancellationToken))
        {
            if (ArtifactNames.ClusterOf(name) is not { } id || await store.ReadAsync(name, cancellationToken) is not { } artifact)
                continue;
            var silos = Read(artifact, name).Rows.Where(row => row.Status == SiloStatus.Active && row.LastHeard > since).ToArray();
            if (silos.Length > 0)
                yield return new ActiveCluster(id, silos.Length, new DateTimeOffset(silos.Max(silo => silo.LastHeard)));
        }
    }

    private static MembershipRecord Read(Artifact artifact, string name)
    {
        try
        {
            return MembershipRecord.FromJson(artifact.Content.Span, name);
        }
        catch (JsonException)
        {
            // Whoever joins that cluster is told.
            return MembershipRecord.Empty;
        }
    }
}
