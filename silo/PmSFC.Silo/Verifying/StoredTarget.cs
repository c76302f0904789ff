using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Silo.Verifying;

/// <summary>What a store has of an image, whose id is the hash of its pixels.</summary>
/// <param name="Image">The image, or null where it is not what it should be.</param>
/// <param name="Fault">What is wrong, or null.</param>
internal sealed record StoredTarget(RgbImage? Image, ArtifactFault? Fault)
{
    /// <summary>Reads an image and checks it.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task<StoredTarget> ReadAsync(IArtifactStore store, string id, CancellationToken cancellationToken)
    {
        var name = ArtifactNames.Image(id);
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
            return new StoredTarget(null, ArtifactFault.Missing(name));
        try
        {
            var image = ImageFile.Decode(artifact.Content.Span, name).Image;
            return image.ContentId == id ? new StoredTarget(image, null) : Damaged("is not the image of its name");
        }
        catch (ImageException)
        {
            return Damaged("is damaged");
        }

        StoredTarget Damaged(string problem) => new(null, new ArtifactFault(name, FaultKind.Damaged, problem));
    }
}
