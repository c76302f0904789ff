namespace PmSFC.Imaging;

/// <summary>Images that are stored under their content ids.</summary>
public static class StoredImage
{
    /// <summary>The image of an id.</summary>
    /// <param name="content">The stored PNG.</param>
    /// <param name="id">The content id under which it is stored.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ImageException">The content is no image, or another one.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> content, string id, string name)
    {
        RgbImage image;
        try
        {
            image = ImageFile.Decode(content, name).Image;
        }
        catch (ImageException e)
        {
            throw new ImageException(name, $"is damaged; {Advice}.", e);
        }

        return image.ContentId == id ? image : throw new ImageException(name, $"is not the image of its name; {Advice}.");
    }

    /// <summary>Whether the content is the image of an id.</summary>
    public static bool IsSound(ReadOnlySpan<byte> content, string id)
    {
        try
        {
            return Decode(content, id, id).ContentId == id;
        }
        catch (ImageException)
        {
            return false;
        }
    }

    /// <summary>What brings an image back: the rest of a sentence, without its full stop.</summary>
    public const string Advice = "bring it back from your images with 'sweep run FILE --images FOLDER'";
}
