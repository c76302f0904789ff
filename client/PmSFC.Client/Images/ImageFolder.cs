using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Imaging.Formats;

namespace PmSFC.Client.Images;

/// <summary>A user's image files: which of a folder's files they are, and how many of them messages list.</summary>
internal static class ImageFolder
{
    private const int MaximumProblemsShown = 10;
    private const int MaximumNamesShown = 3;

    /// <summary>Images decoded at a time: one for each processor, so that memory does not grow with the folder.</summary>
    public static ParallelOptions OneByProcessor(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };

    /// <summary>The image files of a folder by name in ordinal order, subfolders left out; or the path itself where it is no folder.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="notes">Is told which files are left out.</param>
    /// <exception cref="BadInputException">The folder has no image, or cannot be listed.</exception>
    public static IReadOnlyList<string> FilesOf(string path, ImmutableArray<string>.Builder notes)
    {
        if (!Directory.Exists(path))
            return [path];
        try
        {
            var files = Directory
                .GetFiles(path)
                .Where(file => !Path.GetFileName(file).StartsWith('.'))
                .Order(StringComparer.Ordinal)
                .ToList();
            var unnameable = files.Where(file => Path.GetFileName(file).Contains('\uFFFD') && !File.Exists(file)).ToList();
            if (unnameable.Count > 0)
                notes.Add(
                    $"{Listed([.. unnameable.Select(file => Path.GetFileName(file))])}: left out of {path}, the name is not UTF-8; rename the file."
                );
            files = [.. files.Except(unnameable)];
            var images = files.Where(ImageFormats.IsImageName).ToList();
            if (images.Count == 0)
                throw new BadInputException($"{path} has no {ImageFormats.Names} file; name the folder that holds the images themselves.");
            var others = files.Except(images).Select(file => Path.GetFileName(file)).ToList();
            if (others.Count > 0)
                notes.Add($"{Listed(others)}: left out of {path}, not named as an image.");
            return images;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be listed ({e.Message.TrimEnd('.')}); check its permissions.");
        }
    }

    /// <summary>Refuses files of which some cannot be used.</summary>
    /// <param name="problems">A sentence for each file that cannot be used.</param>
    /// <param name="files">Number of all files.</param>
    /// <exception cref="BadInputException">There is a problem; the message has up to 10 of them in full.</exception>
    public static void Refuse(IReadOnlyList<string> problems, int files)
    {
        if (problems.Count == 0)
            return;
        if (problems.Count == 1)
            throw new BadInputException(problems[0]);
        var lines = problems.Take(MaximumProblemsShown).ToList();
        if (problems.Count > lines.Count)
            lines.Add($"and {problems.Count - lines.Count} more.");
        throw new BadInputException(
            $"{problems.Count} of {files} images cannot be used; mend or remove these files:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}"
        );
    }

    /// <summary>The first names, and how many more there are.</summary>
    public static string Listed(IReadOnlyList<string> names) =>
        names.Count <= MaximumNamesShown
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(MaximumNamesShown))} and {names.Count - MaximumNamesShown} more";
}
