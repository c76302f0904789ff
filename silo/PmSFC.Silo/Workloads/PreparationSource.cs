using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Preparations;
using PmSFC.Engine.Preparation;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Reads preparations from the store.</summary>
internal static class PreparationSource
{
    /// <summary>The content of stored preparations.</summary>
    /// <param name="specs">What is needed; default for nothing.</param>
    /// <param name="store">Where it is.</param>
    /// <exception cref="BadInputException">The store has not got one of them, or a damaged one.</exception>
    public static Task<PreparedContents> ReadAsync(ImmutableArray<PreparationSpec> specs, IArtifactStore store) =>
        ReadAsync(specs.IsDefault ? [] : specs.Select(spec => KeyValuePair.Create(spec.Kind, spec.Id)), store);

    /// <summary>The content of stored preparations.</summary>
    /// <param name="ids">Ids by kind.</param>
    /// <param name="store">Where it is.</param>
    /// <exception cref="BadInputException">The store has not got one of them, or a damaged one.</exception>
    public static async Task<PreparedContents> ReadAsync(IEnumerable<KeyValuePair<string, string>> ids, IArtifactStore store)
    {
        var contents = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (kind, id) in ids)
        {
            var card = await ReadArtifactAsync(ArtifactNames.PreparationCard(id), store);
            ArtifactFormat.Check(card.Span, ArtifactNames.PreparationCard(id));
            var content = await ReadArtifactAsync(ArtifactNames.PreparationContent(id), store);
            if (ArtifactSeal.Of(card.Span).Proves(PreparationCard.ContentFile, content.Span) != true)
                throw new BadInputException(
                    $"The preparation '{kind}' ({id}) in the store has changed since it was stored; 'sweep resume' makes it again."
                );
            contents.Add(kind, content);
        }

        return new PreparedContents(contents);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadArtifactAsync(string name, IArtifactStore store) =>
        (await store.ReadAsync(name))?.Content
        ?? throw new BadInputException($"The store has no '{name}', which is needed; 'sweep resume' makes it again.");
}
