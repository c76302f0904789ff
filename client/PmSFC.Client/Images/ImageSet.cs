using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Imaging;
using PmSFC.Imaging.Formats;
using PmSFC.Storage;

namespace PmSFC.Client.Images;

/// <summary>
/// The target images of a sweep, each brought to the generator's resolution. Pixels are not kept: storing reads a file again, so that any number
/// of images of any size fits in memory.
/// </summary>
public sealed class ImageSet
{
    private const int MaximumProblemsShown = 10;
    private const int MaximumNamesShown = 3;

    private readonly int _resolution;

    private ImageSet(ImmutableArray<PreparedImage> images, ImmutableArray<string> notes, int resolution)
    {
        Images = images;
        Notes = notes;
        _resolution = resolution;
    }

    /// <summary>The images in order, each content once.</summary>
    public ImmutableArray<PreparedImage> Images { get; }

    /// <summary>What a user should know: files left out, duplicates, conversions; a sentence each.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>The images for a sweep's spec.</summary>
    public ImmutableArray<ImageReference> References => [.. Images.Select(image => image.Reference)];

    /// <summary>
    /// Reads images from folders (their image files by name in ordinal order, subfolders left out) and single files.
    /// </summary>
    /// <param name="paths">Folders and files, one or more.</param>
    /// <param name="resolution">Side of the prepared images in pixels.</param>
    /// <param name="limit">Most files to take, the first ones, or null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadInputException">There is no image, or some cannot be used; the message lists every problem, up to 10 in full.</exception>
    public static async Task<ImageSet> ReadAsync(
        IReadOnlyList<string> paths, int resolution, int? limit = null, CancellationToken cancellationToken = default)
    {
        if (paths.Count == 0) throw new BadInputException("No images are given; name a folder or files.");
        if (limit < 1) throw new BadInputException($"The limit of images is {limit}, but must be 1 or more.");
        var notes = ImmutableArray.CreateBuilder<string>();
        var files = paths.SelectMany(path => FilesOf(path, notes)).Take(limit ?? int.MaxValue).ToList();

        var prepared = new PreparedImage?[files.Count];
        var problems = new string?[files.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), OneByProcessor(cancellationToken), (i, _) =>
        {
            try
            {
                prepared[i] = Prepare(files[i], resolution).Description;
            }
            catch (ImageException e)
            {
                problems[i] = e.Message;
            }

            return ValueTask.CompletedTask;
        });

        Refuse([.. problems.OfType<string>()], files.Count);
        var unique = ImageNames.Distinguish(WithoutDuplicates(prepared.Select(image => image!), notes));
        foreach (var group in unique.Where(image => image.Note is not null).GroupBy(image => image.Note))
            notes.Add($"{Listed([.. group.Select(image => image.Reference.Name)])}: {group.Key}.");
        return new ImageSet(unique, notes.ToImmutable(), resolution);
    }

    /// <summary>Writes the images that the store does not have, and those that it has damaged.</summary>
    /// <exception cref="BadInputException">A file changed or went away since it was read.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task StoreAsync(IArtifactStore store, CancellationToken cancellationToken = default) =>
        await Parallel.ForEachAsync(Images, OneByProcessor(cancellationToken), async (image, cancellation) =>
        {
            var id = image.Reference.Id;
            await store.WriteSoundAsync(ArtifactNames.Image(id), () => Encode(image), stored => StoredImage.IsSound(stored.Span, id), cancellation);
        });

    private static ParallelOptions OneByProcessor(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };

    private static IEnumerable<string> FilesOf(string path, ImmutableArray<string>.Builder notes)
    {
        if (!Directory.Exists(path)) return [path];
        try
        {
            var files = Directory.GetFiles(path).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal).ToList();
            var unnameable = files.Where(file => Path.GetFileName(file).Contains('\uFFFD') && !File.Exists(file)).ToList();
            if (unnameable.Count > 0)
                notes.Add($"{Listed([.. unnameable.Select(file => Path.GetFileName(file))])}: left out of {path}, the name is not UTF-8; rename the file.");
            files = [.. files.Except(unnameable)];
            var images = files.Where(ImageFormats.IsImageName).ToList();
            if (images.Count == 0)
                throw new BadInputException($"{path} has no {ImageFormats.Names} file; name the folder that holds the images themselves.");
            var others = files.Except(images).Select(file => Path.GetFileName(file)).ToList();
            if (others.Count > 0) notes.Add($"{Listed(others)}: left out of {path}, not named as an image.");
            return images;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be listed ({e.Message.TrimEnd('.')}); check its permissions.");
        }
    }

    private static (PreparedImage Description, RgbImage Pixels) Prepare(string path, int resolution)
    {
        var decoded = ImageFile.Read(path);
        var target = TargetImage.Prepare(decoded.Image, resolution, path);
        var steps = target.Image == decoded.Image ? decoded.Notes : [.. decoded.Notes, target.Note];
        var note = steps.Count == 0 ? null : string.Join("; ", steps);
        var reference = new ImageReference { Id = target.Image.ContentId, Name = ImageNames.Of(path), Note = note };
        return (new PreparedImage(reference, path, note), target.Image);
    }

    private static void Refuse(IReadOnlyList<string> problems, int files)
    {
        if (problems.Count == 0) return;
        if (problems.Count == 1) throw new BadInputException(problems[0]);
        var lines = problems.Take(MaximumProblemsShown).ToList();
        if (problems.Count > lines.Count) lines.Add($"and {problems.Count - lines.Count} more.");
        throw new BadInputException(
            $"{problems.Count} of {files} images cannot be used; mend or remove these files:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
    }

    private static ImmutableArray<PreparedImage> WithoutDuplicates(IEnumerable<PreparedImage> images, ImmutableArray<string>.Builder notes)
    {
        var unique = ImmutableArray.CreateBuilder<PreparedImage>();
        foreach (var same in images.GroupBy(image => image.Reference.Id))
        {
            unique.Add(same.First());
            var others = same.Skip(1).Select(image => ImageNames.Beside(same.First(), image)).ToList();
            if (others.Count > 0) notes.Add($"{Listed(others)}: left out, the same pixels as {same.First().Reference.Name}.");
        }

        return unique.ToImmutable();
    }

    private static string Listed(IReadOnlyList<string> names) => names.Count <= MaximumNamesShown
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MaximumNamesShown))} and {names.Count - MaximumNamesShown} more";

    private byte[] Encode(PreparedImage image)
    {
        try
        {
            var (description, pixels) = Prepare(image.Path, _resolution);
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
