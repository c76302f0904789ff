using PmSFC.Wording;

namespace PmSFC.Imaging;

/// <summary>An image that cannot be used. The message is one sentence: which image, what is wrong, what to do.</summary>
public sealed class ImageException : Exception
{
    /// <summary>An image that cannot be used.</summary>
    /// <param name="name">The file's path, or whatever else the user knows the image by.</param>
    /// <param name="problem">The sentence's rest, after the name.</param>
    /// <param name="innerException">What the file system or a decoder said.</param>
    public ImageException(string name, string problem, Exception? innerException = null)
        : base($"{ShownText.Line(name)} {problem}", innerException) => Name = name;

    /// <summary>The file's path, or whatever else the user knows the image by.</summary>
    public string Name { get; }
}
