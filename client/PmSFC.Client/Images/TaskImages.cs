using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Specs;
using PmSFC.Imaging;
using PmSFC.Imaging.Formats;
using PmSFC.Storage;

namespace PmSFC.Client.Images;

/// <summary>The images that a task's settings name, such as an inpainting mask, brought to the generator's resolution.</summary>
public sealed class TaskImages
{
    private readonly ImmutableSortedDictionary<string, RgbImage> _images;

    private TaskImages(ImmutableSortedDictionary<string, RgbImage> images) => _images = images;

    /// <summary>Reads them.</summary>
    /// <param name="file">The spec, whose places messages tell.</param>
    /// <param name="resolution">Side of the prepared images in pixels.</param>
    /// <exception cref="BadInputException">One cannot be used: <c>file:line:column: </c> and why.</exception>
    public static TaskImages Read(SweepFile file, int resolution) =>
        new(
            file.TaskImagePaths.ToImmutableSortedDictionary(
                entry => entry.Key,
                entry => Read(entry.Value, resolution, problem => file.Describe(new SpecIssue($"task.settings.{entry.Key}", problem))),
                StringComparer.Ordinal
            )
        );

    /// <summary>Reads them where settings come from no file.</summary>
    /// <param name="settings">The task's settings; values that end as an image file does are paths, relative to the current directory.</param>
    /// <param name="resolution">Side of the prepared images in pixels.</param>
    /// <exception cref="BadInputException">One cannot be used: why.</exception>
    public static TaskImages Read(IReadOnlyDictionary<string, string> settings, int resolution) =>
        new(
            settings
                .Where(setting => ImageFormats.IsImageName(setting.Value))
                .ToImmutableSortedDictionary(
                    entry => entry.Key,
                    entry => Read(entry.Value, resolution, problem => problem),
                    StringComparer.Ordinal
                )
        );

    /// <summary>The spec with the images' content ids in the place of their paths.</summary>
    public SweepSpec Name(SweepSpec spec) =>
        spec with
        {
            TaskSettings = spec.TaskSettings.SetItems(_images.Select(image => KeyValuePair.Create(image.Key, image.Value.ContentId))),
        };

    /// <summary>Writes the images that the store does not have, and those that it has damaged.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task StoreAsync(IArtifactStore store, CancellationToken cancellationToken = default)
    {
        foreach (var image in _images.Values)
            await store.WriteSoundAsync(
                ArtifactNames.Image(image.ContentId),
                () => ImageFile.EncodePng(image),
                stored => StoredImage.IsSound(stored.Span, image.ContentId),
                cancellationToken
            );
    }

    private static RgbImage Read(string path, int resolution, Func<string, string> describe)
    {
        try
        {
            return MaskImage.Prepare(ImageFile.Read(path).Image, resolution, path);
        }
        catch (ImageException e)
        {
            throw new BadInputException(describe(e.Message));
        }
    }
}
