using PmSFC.Imaging.Native;

namespace PmSFC.Imaging.Formats;

/// <summary>A file format: how it is recognised, checked and decoded.</summary>
internal abstract class ImageFormat
{
    /// <summary>What people call it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether <paramref name="content"/> starts as files of this format do.</summary>
    public abstract bool Matches(ReadOnlySpan<byte> content);

    /// <summary>Walks the file's structure to its end.</summary>
    /// <exception cref="ImageException">It is cut short, damaged, or of a kind that is not read.</exception>
    public abstract ImageHeader Inspect(ReadOnlySpan<byte> content, string name);

    /// <summary>Decodes; invalid where libgd refuses the data.</summary>
    public abstract GdImage Decode(ReadOnlySpan<byte> content);

    /// <summary>For a file that ends too early.</summary>
    protected ImageException Truncated(string name, string where) =>
        new(name, $"is truncated: the {Name} file ends {where}; fetch or save it again.");

    /// <summary>For a file whose parts contradict each other.</summary>
    protected ImageException Damaged(string name, string what) => new(name, $"is damaged: {what}; fetch or save it again.");
}
