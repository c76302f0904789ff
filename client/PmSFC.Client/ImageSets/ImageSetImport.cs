using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Identity;
using PmSFC.Client.Images;
using PmSFC.Imaging;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.ImageSets;

/// <summary>
/// Image files that have been read and are ready to be stored as a set. Files are written before the record, so that a set that is there is whole, and an
/// import that was interrupted is finished by the same import. Contents are not kept: storing reads each file again.
/// </summary>
public sealed class ImageSetImport
{
    private readonly ImmutableArray<string> _paths;

    private ImageSetImport(StoredImageSet set, ImmutableArray<string> paths, ImmutableArray<string> notes) =>
        (Set, _paths, Notes) = (set, paths, notes);

    /// <summary>The set as it will be stored.</summary>
    public StoredImageSet Set { get; }

    /// <summary>What a user should know: files left out, files of one content; a sentence each.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>Reads a folder's image files by name in ordinal order, subfolders left out, or a single file.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="name">The set's name.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadInputException">The name breaks the rule, there is no image, or some cannot be used; the message lists every problem, up to 10 in full.</exception>
    public static async Task<ImageSetImport> ReadAsync(string path, string name, CancellationToken cancellationToken = default)
    {
        if (!ImageSetName.IsValid(name))
            throw new BadInputException($"The image set's name is '{name}', but must be {ImageSetName.Rule}; choose one with --name.");
        var notes = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<string> paths = [.. ImageFolder.FilesOf(path, notes)];
        var (images, problems) = (new ImageSetMember[paths.Length], new string?[paths.Length]);
        await Parallel.ForEachAsync(Enumerable.Range(0, paths.Length), ImageFolder.OneByProcessor(cancellationToken), (i, _) =>
        {
            try
            {
                images[i] = Describe(paths[i]);
            }
            catch (ImageException e)
            {
                problems[i] = e.Message;
            }

            return ValueTask.CompletedTask;
        });
        ImageFolder.Refuse([.. problems.OfType<string>()], paths.Length);
        foreach (var same in images.GroupBy(image => image.Id).Where(group => group.Skip(1).Any()))
            notes.Add(
                $"{ImageFolder.Listed([.. same.Skip(1).Select(image => image.File)])}: the same file as {same.First().File}; a sweep takes it once."
            );
        return new ImageSetImport(new StoredImageSet { Name = name, Images = [.. images] }, paths, notes.ToImmutable());
    }

    /// <summary>Writes the files that the store does not have or has damaged, and then the record.</summary>
    /// <exception cref="BadInputException">The set has other images and is to be kept, or a file changed since it was read.</exception>
    /// <exception cref="StoreException">The store failed, or the set's record is damaged and is to be kept.</exception>
    public async Task<ImportedSet> StoreAsync(IArtifactStore store, ExistingSet existing, CancellationToken cancellationToken = default)
    {
        // Refused before hundreds of files are written.
        var outcome = await ExamineAsync(store, existing, cancellationToken);
        var written = 0;
        await Parallel.ForEachAsync(
            Set.Images.Zip(_paths).DistinctBy(pair => pair.First.Id),
            ImageFolder.OneByProcessor(cancellationToken),
            async (pair, cancellation) =>
            {
                var (image, path) = pair;
                await store.WriteSoundAsync(
                    ArtifactNames.ImageFile(image.Id),
                    Read,
                    stored => ContentId.Hash(stored.Span) == image.Id,
                    cancellation
                );

                ReadOnlyMemory<byte> Read()
                {
                    Interlocked.Increment(ref written);
                    return ReadAgain(path, image.Id);
                }
            }
        );

        var name = ArtifactNames.ImageSet(Set.Name);
        if (outcome == ImportOutcome.Replaced)
        {
            // A copy stays under set-aside/, so that nothing is lost; the record itself gives way in one step.
            if (await store.ReadAsync(name, cancellationToken) is { Content: { Length: > 0 } old })
                await store.WriteOnceAsync(ArtifactNames.SetAside(name, Sha256Text.Of(old.Span)), old, cancellationToken);
            await store.PutAsync(name, Set.ToArtifact(), cancellationToken);
        }
        else if (
            outcome == ImportOutcome.Created
            && await store.WriteOnceAsync(name, Set.ToArtifact(), cancellationToken) == WriteOutcome.AlreadyExists
        )
        {
            // Somebody else imported a set of this name meanwhile.
            outcome = await ExamineAsync(store, ExistingSet.Keep, cancellationToken);
        }

        return new ImportedSet(Set, outcome, written);
    }

    private static ImageSetMember Describe(string path)
    {
        var content = ImageFile.ReadContent(path);
        var image = ImageFile.Decode(content, path).Image;
        return new ImageSetMember
        {
            File = Path.GetFileName(path),
            Id = ContentId.Hash(content),
            Bytes = content.Length,
            Width = image.Width,
            Height = image.Height,
        };
    }

    private static byte[] ReadAgain(string path, string id)
    {
        try
        {
            var content = ImageFile.ReadContent(path);
            return ContentId.Hash(content) == id
                ? content
                : throw new BadInputException($"{path} changed while it was being imported; leave it alone and try again.");
        }
        catch (ImageException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    private async Task<ImportOutcome> ExamineAsync(IArtifactStore store, ExistingSet existing, CancellationToken cancellationToken)
    {
        try
        {
            if (await new ImageSetDirectory(store).ReadAsync(Set.Name, cancellationToken) is not { } stored)
                return ImportOutcome.Created;
            if (stored.Id == Set.Id)
                return ImportOutcome.Unchanged;
            return existing == ExistingSet.Replace
                ? ImportOutcome.Replaced
                : throw new BadInputException(
                    $"The image set '{Set.Name}' has other images ({DifferenceTo(stored)}), and a set is not changed, since results on it are compared; "
                        + "import these images under another name with --name, or put them in its place with --replace."
                );
        }
        catch (StoreException e) when (e.Kind == StoreFailure.Damaged && existing == ExistingSet.Replace)
        {
            return ImportOutcome.Replaced;
        }
    }

    private string DifferenceTo(StoredImageSet stored)
    {
        var (before, now) = (
            stored.Images.ToDictionary(image => image.File, image => image.Id),
            Set.Images.ToDictionary(image => image.File, image => image.Id)
        );
        var parts = new[]
        {
            (Count: now.Keys.Count(file => !before.ContainsKey(file)), What: "that it does not have"),
            (Count: before.Keys.Count(file => !now.ContainsKey(file)), What: "missing here"),
            (Count: now.Count(file => before.TryGetValue(file.Key, out var id) && id != file.Value), What: "with other content"),
        };
        return $"{stored.Images.Length} in the store, {Set.Images.Length} here: {string.Join(", ", parts.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.What}"))}";
    }
}
