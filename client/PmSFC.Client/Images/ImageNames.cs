using System.Collections.Immutable;

namespace PmSFC.Client.Images;

/// <summary>
/// Names that tell the images of a sweep apart. An image is called by its file's name without the extension; where several would be called so, by as much
/// more as it takes: the extension, then folders, for example <c>001.png</c>, <c>left/001.png</c>.
/// </summary>
internal static class ImageNames
{
    /// <summary>The name of a file that no other shares a name with.</summary>
    public static string Of(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>What to call an image in a message that names another one too, whose name it may have: then its path, unless both are one file.</summary>
    public static string Distinguish(PreparedImage kept, PreparedImage other) =>
        other.Reference.Name != kept.Reference.Name || Path.GetFullPath(other.Path) == Path.GetFullPath(kept.Path)
            ? other.Reference.Name
            : other.Path;

    /// <summary>The images, renamed where two have one name. A name that was an image's alone stays.</summary>
    public static ImmutableArray<PreparedImage> Distinguish(ImmutableArray<PreparedImage> images)
    {
        var names = images.Select(image => image.Reference.Name).ToArray();
        var alone = names
            .GroupBy(name => name, StringComparer.Ordinal)
            .Where(group => group.Count() == 1)
            .Select(group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
        var parts = images.Select(image => Path.GetFullPath(image.Path).Split(Path.DirectorySeparatorChar)).ToArray();
        int[] shared = [.. Enumerable.Range(0, images.Length).Where(i => !alone.Contains(names[i]))];
        for (var taken = 1; shared.Length > 0 && taken <= parts.Max(part => part.Length); taken++)
        {
            foreach (var i in shared)
                names[i] = string.Join('/', parts[i].TakeLast(taken));
            var counts = shared.CountBy(i => names[i], StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
            shared = [.. shared.Where(i => counts[names[i]] > 1 || !alone.Add(names[i]))];
        }

        return [.. images.Zip(names, (image, name) => image with { Reference = image.Reference with { Name = name } })];
    }
}
