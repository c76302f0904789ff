using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Identity;
using PmSFC.Imaging;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.ImageSets;

/// <summary>The image sets of a store.</summary>
public sealed class ImageSetDirectory(IArtifactStore store)
{
    private const int MaximumNamesShown = 20;

    /// <summary>Every set.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ImageSetListing> ListAsync(CancellationToken cancellationToken = default)
    {
        var (sets, problems) = (ImmutableArray.CreateBuilder<StoredImageSet>(), ImmutableArray.CreateBuilder<string>());
        foreach (var name in await NamesAsync(cancellationToken))
        {
            try
            {
                if (await ReadAsync(name, cancellationToken) is { } set)
                    sets.Add(set);
            }
            catch (StoreException e) when (e.Kind is StoreFailure.Damaged or StoreFailure.Newer or StoreFailure.Refused)
            {
                problems.Add(e.Message);
            }
        }

        return new ImageSetListing(sets.ToImmutable(), problems.ToImmutable());
    }

    /// <summary>The set of that name.</summary>
    /// <exception cref="BadInputException">There is none; the message names those that there are.</exception>
    /// <exception cref="StoreException">The store failed, or the set's record cannot be read.</exception>
    public async Task<StoredImageSet> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        if (ImageSetName.IsValid(name) && await ReadAsync(name, cancellationToken) is { } set)
            return set;
        var names = await NamesAsync(cancellationToken);
        var import = $"import one with 'images import FOLDER --name {(ImageSetName.IsValid(name) ? name : "NAME")}'";
        throw new BadInputException($"There is no image set '{ShownText.Line(name)}' in {store.Description}; {Advice()}");

        string Advice()
        {
            if (names.Count == 0)
                return $"it has none yet, so {import}.";
            var known =
                string.Join(", ", names.Take(MaximumNamesShown))
                + (names.Count > MaximumNamesShown ? $" and {names.Count - MaximumNamesShown} more" : "");
            return Spelling.Nearest(name, names) is { } nearest
                ? $"did you mean '{nearest}'? It has {known}; or {import}."
                : $"it has {known}; use one of them, or {import}.";
        }
    }

    /// <summary>The set of that name, or null where there is none.</summary>
    /// <exception cref="StoreException">The store failed, or the set's record cannot be read.</exception>
    internal async Task<StoredImageSet?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await store.ReadAsync(ArtifactNames.ImageSet(name), cancellationToken) is { } artifact
            ? StoredImageSet.Read(artifact, name, store)
            : null;

    /// <summary>The file of a set's image.</summary>
    /// <param name="set">The set's name.</param>
    /// <param name="image">The image.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ImageException">The store does not have it, or has it damaged.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>> ReadFileAsync(string set, ImageSetMember image, CancellationToken cancellationToken)
    {
        var artifact = await store.ReadAsync(ArtifactNames.ImageFile(image.Id), cancellationToken);
        return artifact is not null && ContentId.Hash(artifact.Content.Span) == image.Id
            ? artifact.Content
            : throw new ImageException(
                PathOf(set, image),
                $"is {(artifact is null ? "missing" : "damaged")} in the store ({ArtifactNames.ImageFile(image.Id)}); bring it back with 'images import FOLDER --name {set}', where FOLDER has the set's images."
            );
    }

    /// <summary>What messages call an image of a set.</summary>
    internal static string PathOf(string set, ImageSetMember image) => $"{ImageSetName.ReferenceTo(set)}/{image.File}";

    private async Task<List<string>> NamesAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in store.ListAsync(ArtifactNames.ImageSets, cancellationToken))
            if (ArtifactNames.ImageSetOf(name) is { } set)
                names.Add(set);
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
