using System.Collections.Immutable;
using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Client.Specs;
using PmSFC.Storage;

namespace PmSFC.Client.Generators;

/// <summary>The generators of a store, read from their cards.</summary>
public sealed class GeneratorDirectory(IArtifactStore store)
{
    private const int ShortestPrefix = 4;

    /// <summary>Every generator, by name.</summary>
    /// <exception cref="StoreException">The store failed, or a card is damaged.</exception>
    public async Task<ImmutableArray<GeneratorCard>> ListAsync(CancellationToken cancellationToken = default)
    {
        var cards = new List<GeneratorCard>();
        await foreach (var name in store.ListAsync(ArtifactNames.Generators, cancellationToken))
            if (ArtifactNames.GeneratorOf(name) is not null && await store.ReadAsync(name, cancellationToken) is { } artifact)
                cards.Add(Read(name, artifact));
        return [.. cards.OrderBy(card => card.Name, StringComparer.Ordinal).ThenBy(card => card.Id, StringComparer.Ordinal)];
    }

    /// <summary>The generator of that name, of that id, or of the only id that begins so (4 characters or more).</summary>
    /// <exception cref="BadInputException">None is, or several are.</exception>
    /// <exception cref="StoreException">The store failed, or a card is damaged.</exception>
    public async Task<GeneratorCard> FindAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        var cards = await ListAsync(cancellationToken);
        ImmutableArray<GeneratorCard> found = [.. cards.Where(card => card.Name == nameOrId)];
        if (found.IsEmpty && nameOrId.Length >= ShortestPrefix)
            found = [.. cards.Where(card => card.Id.StartsWith(nameOrId, StringComparison.OrdinalIgnoreCase))];
        return found switch
        {
            [var card] => card,
            [] => throw new BadInputException($"There is no generator '{nameOrId}' in {store.Description}; {Advice(nameOrId, cards)}"),
            _ => throw new BadInputException(
                $"'{nameOrId}' means {found.Length} generators ({string.Join(", ", found.Select(card => card.Id))}); write more of the id of one."),
        };
    }

    private static string Advice(string wanted, ImmutableArray<GeneratorCard> cards)
    {
        if (cards.IsEmpty) return "it has none yet, so import one with 'pmsfc generators import'.";
        return Spelling.Nearest(wanted, cards.Select(card => card.Name)) is { } nearest
            ? $"did you mean '{nearest}'?"
            : $"it has {string.Join(", ", cards.Select(card => card.Name))}; use one of them or import it with 'pmsfc generators import'.";
    }

    private GeneratorCard Read(string name, Artifact artifact)
    {
        try
        {
            return ArtifactFormat.Read<GeneratorCard>(artifact.Content.Span, name);
        }
        catch (JsonException e)
        {
            throw new StoreException(
                StoreFailure.Damaged, $"{name} in {store.Description} is not a generator's card ({e.Message.TrimEnd('.')}); import the generator anew.", e);
        }
    }
}
