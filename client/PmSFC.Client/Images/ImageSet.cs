using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.ImageSets;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Client.Images;

/// <summary>
/// The target images of a sweep, each brought to the generator's resolution, from folders, files and image sets of a store. Pixels are not kept: storing
/// reads a file again, so that any number of images of any size fits in memory.
/// </summary>
public sealed class ImageSet
{
    private readonly ImmutableDictionary<string, ImageInput> _inputs;
    private readonly int _resolution;

    private ImageSet(ImmutableArray<PreparedImage> images, ImmutableArray<string> notes, IEnumerable<ImageInput> inputs, int resolution)
    {
        Images = images;
        Notes = notes;
        _inputs = inputs.DistinctBy(input => input.Path).ToImmutableDictionary(input => input.Path, StringComparer.Ordinal);
        _resolution = resolution;
    }

    /// <summary>The images in order, each content once.</summary>
    public ImmutableArray<PreparedImage> Images { get; }

    /// <summary>What a user should know: files left out, duplicates, conversions; a sentence each.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>The images for a sweep's spec.</summary>
    public ImmutableArray<ImageReference> References => [.. Images.Select(image => image.Reference)];

    /// <summary>
    /// Reads images from folders (their image files by name in ordinal order, subfolders left out), single files and image sets. A set gives the same
    /// images as the folder that it was imported from.
    /// </summary>
    /// <param name="locations">Folders, files and <c>set:NAME</c>, one or more.</param>
    /// <param name="resolution">Side of the prepared images in pixels.</param>
    /// <param name="limit">Most files to take, the first ones, or null for all.</param>
    /// <param name="sets">The store that has the sets; null where no location may name one.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadInputException">
    /// There is no image or no such set, or some images cannot be used; the message lists every problem, up to 10 in full.
    /// </exception>
    /// <exception cref="StoreException">The store failed, or a set's record cannot be read.</exception>
    public static async Task<ImageSet> ReadAsync(
        IReadOnlyList<string> locations,
        int resolution,
        int? limit = null,
        IArtifactStore? sets = null,
        CancellationToken cancellationToken = default
    )
    {
        if (locations.Count == 0)
            throw new BadInputException("No images are given; name a folder or files.");
        if (limit < 1)
            throw new BadInputException($"The limit of images is {limit}, but must be 1 or more.");
        var notes = ImmutableArray.CreateBuilder<string>();
        var inputs = new List<ImageInput>();
        foreach (var location in locations)
            inputs.AddRange(await InputsOfAsync(location, sets, notes, cancellationToken));
        inputs = [.. inputs.Take(limit ?? int.MaxValue)];

        var prepared = new PreparedImage?[inputs.Count];
        var problems = new string?[inputs.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, inputs.Count),
            ImageFolder.OneByProcessor(cancellationToken),
            async (i, cancellation) =>
            {
                try
                {
                    prepared[i] = Prepare(inputs[i].Path, await inputs[i].ReadAsync(cancellation), resolution).Description;
                }
                catch (ImageException e)
                {
                    problems[i] = e.Message;
                }
            }
        );

        ImageFolder.Refuse([.. problems.OfType<string>()], inputs.Count);
        var unique = ImageNames.Distinguish(WithoutDuplicates(prepared.Select(image => image!), notes));
        foreach (var group in unique.Where(image => image.Note is not null).GroupBy(image => image.Note))
            notes.Add($"{ImageFolder.Listed([.. group.Select(image => image.Reference.Name)])}: {group.Key}.");
        return new ImageSet(unique, notes.ToImmutable(), inputs, resolution);
    }

    /// <summary>Writes the images that the store does not have, and those that it has damaged.</summary>
    /// <exception cref="BadInputException">A file changed or went away since it was read.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task StoreAsync(IArtifactStore store, CancellationToken cancellationToken = default) =>
        await Parallel.ForEachAsync(Images, ImageFolder.OneByProcessor(cancellationToken), async (image, cancellation) =>
        {
            var id = image.Reference.Id;
            await store.WriteSoundAsync(
                ArtifactNames.Image(id),
                reading => EncodeAsync(image, reading),
                stored => StoredImage.IsSound(stored.Span, id),
                cancellation
            );
        });

    private static async Task<IEnumerable<ImageInput>> InputsOfAsync(
        string location,
        IArtifactStore? sets,
        ImmutableArray<string>.Builder notes,
        CancellationToken cancellationToken
    )
    {
        if (sets is null || !ImageSetName.IsReference(location))
            return ImageFolder.FilesOf(location, notes).Select(ImageInput.OfFile);
        var directory = new ImageSetDirectory(sets);
        var set = await directory.FindAsync(ImageSetName.Of(location), cancellationToken);
        return set.Images.Select(image => new ImageInput(ImageSetDirectory.PathOf(set.Name, image), cancellation =>
            directory.ReadFileAsync(set.Name, image, cancellation)
        ));
    }

    private static (PreparedImage Description, RgbImage Pixels) Prepare(string path, ReadOnlyMemory<byte> content, int resolution)
    {
        var decoded = ImageFile.Decode(content.Span, path);
        var target = TargetImage.Prepare(decoded.Image, resolution, path);
        var steps = ReferenceEquals(target.Image, decoded.Image) ? decoded.Notes : [.. decoded.Notes, target.Note];
        var note = steps.Count == 0 ? null : string.Join("; ", steps);
        var reference = new ImageReference
        {
            Id = target.Image.ContentId,
            Name = ImageNames.Of(path),
            Note = note,
        };
        return (new PreparedImage(reference, path, note), target.Image);
    }

    private static ImmutableArray<PreparedImage> WithoutDuplicates(IEnumerable<PreparedImage> images, ImmutableArray<string>.Builder notes)
    {
        var unique = ImmutableArray.CreateBuilder<PreparedImage>();
        foreach (var same in images.GroupBy(image => image.Reference.Id))
        {
            unique.Add(same.First());
            var others = same.Skip(1).Select(image => ImageNames.Distinguish(same.First(), image)).ToList();
            if (others.Count > 0)
                notes.Add($"{ImageFolder.Listed(others)}: left out, the same pixels as {same.First().Reference.Name}.");
        }

        return unique.ToImmutable();
    }

    private async ValueTask<ReadOnlyMemory<byte>> EncodeAsync(PreparedImage image, CancellationToken cancellationToken)
    {
        try
        {
            var (description, pixels) = Prepare(image.Path, await _inputs[image.Path].ReadAsync(cancellationToken), _resolution);
            return description.Reference.Id == image.Reference.Id
                ? ImageFile.EncodePng(pixels)
                : throw new BadInputException($"{image.Path} changed while the sweep was being prepared; leave it alone and try again.");
        }
        catch (ImageException e)
        {
            throw new BadInputException(e.Message);
        }
    }
}
