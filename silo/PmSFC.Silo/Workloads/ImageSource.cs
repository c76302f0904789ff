using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Networks;
using PmSFC.Engine.Training;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Reads prepared images from the store.</summary>
internal static class ImageSource
{
    private static readonly ParallelOptions OneByProcessor = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>One image.</summary>
    /// <exception cref="BadInputException">The store has none of this id.</exception>
    /// <exception cref="ImageException">What it has is damaged, or another image.</exception>
    public static async Task<RgbImage> ReadAsync(string id, IArtifactStore store, CancellationToken cancellationToken = default)
    {
        var content = await store.ReadAsync(ArtifactNames.Image(id), cancellationToken)
            ?? throw new BadInputException($"The store has no {ArtifactNames.Image(id)}; {StoredImage.Advice}.");
        return await Task.Run(() => StoredImage.Decode(content.Content.Span, id, ArtifactNames.Image(id)));
    }

    /// <summary>The images of a list.</summary>
    /// <exception cref="BadInputException">The store has no such list, or a damaged one, or lacks an image of it.</exception>
    /// <exception cref="ImageException">An image is damaged, or another one.</exception>
    public static async Task<TrainingImages> ReadListAsync(string id, IArtifactStore store, CancellationToken cancellationToken = default)
    {
        var content = await store.ReadAsync(ArtifactNames.ImageList(id), cancellationToken)
            ?? throw new BadInputException($"The store has no list of images {id}; run the sweep from its file again.");
        var ids = Parse(content.Content.Span, id).Ids;
        var images = new RgbImage[ids.Length];
        await Parallel.ForEachAsync(Enumerable.Range(0, ids.Length), OneByProcessor, async (i, _) =>
            images[i] = await ReadAsync(ids[i], store, cancellationToken)
        );
        return new TrainingImages(id, images);
    }

    private static ImageList Parse(ReadOnlySpan<byte> content, string id)
    {
        try
        {
            if (
                ArtifactFormat.Read<ImageList>(content, ArtifactNames.ImageList(id)) is { Ids.IsDefaultOrEmpty: false } list
                && list.Id == id
            )
                return list;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new BadInputException(
            $"'{ArtifactNames.ImageList(id)}' in the store is damaged; run the sweep from its file again with 'sweep run FILE'."
        );
    }
}
