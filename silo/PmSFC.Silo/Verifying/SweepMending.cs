using System.Collections.Immutable;
using PmSFC.Storage;

namespace PmSFC.Silo.Verifying;

/// <summary>
/// Prepares a sweep's store for a start that makes again what is damaged: whatever cannot be believed is set aside, so that the sweep finds it missing.
/// </summary>
/// <param name="store">Where it is.</param>
public sealed class SweepMending(IArtifactStore store)
{
    /// <summary>Sets aside what a verification found and a start makes again.</summary>
    /// <returns>The artifacts that were set aside, in the order of their names.</returns>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ImmutableArray<string>> SetAsideAsync(Verification verification, CancellationToken cancellationToken = default)
    {
        var names = new List<string>();
        foreach (
            var name in verification
                .Findings.Where(finding => finding.Remedy == Remedy.Resume)
                .SelectMany(finding => Together(finding.Fault.Artifact))
                .Distinct()
        )
        {
            if (!await store.ExistsAsync(name, cancellationToken))
                continue;
            await store.SetAsideAsync(name, cancellationToken);
            names.Add(name);
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>What is set aside together with an artifact, what proves the others first: where that is interrupted, nothing incomplete looks complete.</summary>
    private static IEnumerable<string> Together(string artifact) =>
        artifact.Split('/') switch
        {
            ["jobs", var id, _] when ArtifactNames.JobArtifacts(id).Contains(artifact) => ArtifactNames.JobArtifacts(id),
            ["subspaces", var id, _] =>
            [
                ArtifactNames.SubspaceSet(id),
                ArtifactNames.SubspaceCoefficients(id),
                ArtifactNames.SubspaceAffinity(id),
            ],
            ["networks", var id, _] => [ArtifactNames.NetworkCard(id), ArtifactNames.NetworkWeights(id)],
            ["preparations", var id, _] => [ArtifactNames.PreparationCard(id), ArtifactNames.PreparationContent(id)],
            _ => [artifact],
        };
}
