using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Engine.Subspaces;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Reads subspace sets from the store.</summary>
internal static class SubspaceSource
{
    private const string Advice = "'sweep resume' finds it again.";

    /// <summary>A stored set.</summary>
    /// <exception cref="BadInputException">The store has none of this id, or a damaged one.</exception>
    public static async Task<SubspaceSet> ReadAsync(string id, IArtifactStore store, CancellationToken cancellationToken = default)
    {
        var name = ArtifactNames.SubspaceSet(id);
        var content = (await store.ReadAsync(name, cancellationToken))?.Content
            ?? throw new BadInputException($"The store has no subspace set {id}; 'sweep resume' finds it again.");
        ArtifactFormat.Check(content.Span, name);
        if (ArtifactSeal.Of(content.Span).State == SealState.Broken)
            throw new BadInputException($"'{name}' in the store has changed since it was stored; {Advice}");
        try
        {
            return SubspaceSet.FromJson(content.Span);
        }
        catch (JsonException damage)
        {
            throw new BadInputException($"'{name}' in the store is damaged ({ArtifactFormat.Reason(content.Span, damage)}); {Advice}");
        }
    }
}
