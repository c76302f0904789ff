using System.Collections.Immutable;
using System.Text.Json;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Engine.Subspaces;
using PmSFC.Silo.Generators;
using PmSFC.Storage;

namespace PmSFC.Silo.Verifying;

/// <summary>What a store has of a subspace set.</summary>
internal static class StoredSubspaces
{
    /// <summary>What is wrong with a stored set; empty where it is not found yet.</summary>
    public static async Task<ImmutableArray<ArtifactFault>> CheckAsync(
        IArtifactStore store,
        SubspaceSpec spec,
        CancellationToken cancellationToken
    )
    {
        var name = ArtifactNames.SubspaceSet(spec.Id);
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
            return [];
        var seal = ArtifactSeal.Of(artifact.Content.Span);
        if (Read(artifact.Content.Span, spec) is not { } set || seal.State == SealState.Broken)
            return [new ArtifactFault(name, FaultKind.Damaged, "is not this subspace set")];

        // A random partition has no affinity, so no files with it.
        string[] files =
            seal.State == SealState.Intact ? [.. seal.Files.Keys]
            : set.ShareInside is null ? []
            : ["coefficients.safetensors", "affinity.png"];
        var faults = ImmutableArray.CreateBuilder<ArtifactFault>();
        foreach (var file in files)
        {
            var fileName = $"{ArtifactNames.Subspaces}{spec.Id}/{file}";
            if (await store.ReadAsync(fileName, cancellationToken) is not { Content: var content })
                faults.Add(ArtifactFault.Missing(fileName));
            else if (
                !(
                    seal.Proves(file, content.Span)
                    ?? (file == "affinity.png" ? StoredGenerator.IsImage(content.Span) : StoredNetwork.IsSafetensors(content))
                )
            )
                faults.Add(ArtifactFault.Changed(fileName));
        }

        return faults.ToImmutable();
    }

    private static SubspaceSet? Read(ReadOnlySpan<byte> content, SubspaceSpec spec)
    {
        try
        {
            var set = SubspaceSet.FromJson(content);
            return set.Method == spec.Method && set.Seed == spec.Seed && Settings.Agree(set.Settings, spec.Settings) ? set : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
