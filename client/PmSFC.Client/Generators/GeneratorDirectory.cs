using System.Collections.Immutable;
using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.Generators;

/// <summary>The generators of a store, read from their cards.</summary>
public sealed class GeneratorDirectory(IArtifactStore store)
{
    private const int ShortestPrefix = 4;

    /// <summary>Every generator.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<GeneratorListing> ListAsync(CancellationToken cancellationToken = default)
    {
        var read = await ReadAsync(cancellationToken);
        return new GeneratorListing(CardsOf(read), [.. read.Select(entry => entry.Problem?.Message).OfType<string>()]);
    }

    /// <summary>The generator of that name, of that id, or of the only id that begins so (4 characters or more).</summary>
    /// <exception cref="BadInputException">None is, or several are.</exception>
    /// <exception cref="StoreException">The store failed, or the generator's card cannot be read.</exception>
    public async Task<GeneratorCard> FindAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        var read = await ReadAsync(cancellationToken);
        var cards = CardsOf(read);
        ImmutableArray<GeneratorCard> found = [.. cards.Where(card => card.Name == nameOrId)];
        if (found.IsEmpty && nameOrId.Length >= ShortestPrefix)
        {
            found = [.. cards.Where(card => Begins(card.Id))];
            if (found.IsEmpty && read.FirstOrDefault(entry => Begins(entry.Id)).Problem is { } problem)
                throw problem;
        }

        return found switch
        {
            [var card] => card,
            [] => throw new BadInputException(
                $"There is no generator '{nameOrId}' in {store.Description}; {Advice(nameOrId, cards)}"
                    + string.Concat(
                        read.Select(entry => entry.Problem)
                            .OfType<StoreException>()
                            .Select(problem => $" It may be one that cannot be read: {problem.Message}")
                    )
            ),
            _ => throw new BadInputException(
                $"'{nameOrId}' means {found.Length} generators ({string.Join(", ", found.Select(card => card.Id))}); write more of the id of one."
            ),
        };

        bool Begins(string id) => id.StartsWith(nameOrId, StringComparison.OrdinalIgnoreCase);
    }

    private static ImmutableArray<GeneratorCard> CardsOf(IEnumerable<(string Id, GeneratorCard? Card, StoreException? Problem)> read) =>
        [
            .. read.Select(entry => entry.Card)
                .OfType<GeneratorCard>()
                .OrderBy(card => card.Name, StringComparer.Ordinal)
                .ThenBy(card => card.Id, StringComparer.Ordinal),
        ];

    private async Task<List<(string Id, GeneratorCard? Card, StoreException? Problem)>> ReadAsync(CancellationToken cancellationToken)
    {
        var read = new List<(string, GeneratorCard?, StoreException?)>();
        await foreach (var name in store.ListAsync(ArtifactNames.Generators, cancellationToken))
        {
            if (ArtifactNames.GeneratorOf(name) is not { } id)
                continue;
            try
            {
                if (await store.ReadAsync(name, cancellationToken) is { } artifact)
                    read.Add((id, Read(name, id, artifact), null));
            }
            catch (StoreException e) when (e.Kind is StoreFailure.Damaged or StoreFailure.Newer or StoreFailure.Refused)
            {
                read.Add((id, null, e));
            }
        }

        return read;
    }

    private static string Advice(string wanted, ImmutableArray<GeneratorCard> cards)
    {
        if (cards.IsEmpty)
            return "it has none yet, so import one with 'generators import'.";
        return Spelling.Nearest(wanted, cards.Select(card => card.Name)) is { } nearest
            ? $"did you mean '{nearest}'?"
            : $"it has {string.Join(", ", cards.Select(card => card.Name))}; use one of them or import it with 'generators import'.";
    }

    private GeneratorCard Read(string name, string id, Artifact artifact)
    {
        try
        {
            var card = ArtifactFormat.Read<GeneratorCard>(artifact.Content.Span, name);
            return card.Id == id ? card : throw Damaged(name, $"it is that of {card.Id}");
        }
        catch (JsonException e)
        {
            throw Damaged(name, ArtifactFormat.Reason(artifact.Content.Span, e), e);
        }
    }

    private StoreException Damaged(string name, string reason, Exception? cause = null) =>
        new(
            StoreFailure.Damaged,
            $"{name} in {store.Description} is not that generator's card ({reason}); import the generator's file again with 'generators import', which writes "
                + "the card again, or delete the card to remove the generator.",
            cause
        );
}
