using System.IO.Enumeration;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Imaging.Files;
using PmSFC.Wording;

namespace PmSFC.Engine.Metrics.Weights;

/// <summary>A folder that a user keeps weights in, which the product may not bring along.</summary>
public sealed class WeightsFolder
{
    private const long MostBytes = 1L << 30;
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, MaxRecursionDepth = 2 };

    private readonly string? _path;

    /// <summary>A folder.</summary>
    /// <param name="path">The folder, or null where the user named none: then every file is missing.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public WeightsFolder(string? path)
    {
        if (path is not null && !Directory.Exists(path))
        {
            throw new DirectoryNotFoundException(
                File.Exists(path)
                    ? $"{path} is a file, not a folder of weights; name the folder that such files lie in."
                    : $"there is no folder of weights at {path}; check the path."
            );
        }

        _path = path;
    }

    /// <summary>Reads the first file that has one of the names and holds what is needed.</summary>
    /// <typeparam name="T">What is needed.</typeparam>
    /// <param name="what">What the file holds, for the sentence that says that it is missing.</param>
    /// <param name="read">Reads it from a file's tensors.</param>
    /// <param name="names">Paths below the folder, with slashes, the best first. <c>*</c> stands for any part of a name; several files are tried by name.</param>
    /// <exception cref="MissingWeightsException">There is none.</exception>
    /// <exception cref="CheckpointException">There are some, but none can be used; the message says why.</exception>
    public WeightsFile<T> Read<T>(string what, Func<StateDict, T> read, params ReadOnlySpan<string> names)
    {
        var searched = string.Join(", ", names.ToArray());
        if (_path is null)
            throw new MissingWeightsException($"no folder of weights is named, in which {what} would be one of {searched}");
        var refusals = new List<CheckpointException>();
        foreach (var file in Find(names.ToArray(), Directory.EnumerateFiles))
        {
            try
            {
                // Refusals tell commands for the file, which are typed anywhere: it is called by its whole path.
                var path = Path.Combine(_path, file);
                var content = Read(path);
                return new WeightsFile<T>(new WeightsSource(file, Sha256Text.Of(content)), read(StateDict.Read(content, path)));
            }
            catch (CheckpointException e)
            {
                refusals.Add(e);
            }
        }

        if (refusals.Count > 0)
            throw new CheckpointException(string.Join("; ", refusals.Select(refusal => refusal.Message.TrimEnd('.'))) + ".", refusals[0]);
        throw new MissingWeightsException(
            Find(names.ToArray(), Directory.EnumerateDirectories).FirstOrDefault() is { } folder
                ? $"{folder} in {_path} is a directory, not a file of {what}"
                : $"no {what} in {_path}, which has none of {searched}"
        );
    }

    private IEnumerable<string> Find(IEnumerable<string> names, Func<string, string, EnumerationOptions, IEnumerable<string>> enumerate)
    {
        var all = enumerate(_path!, "*", Below)
            .Select(entry => Path.GetRelativePath(_path!, entry).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .ToList();
        return names
            .SelectMany(name =>
                all.Where(entry =>
                    FileSystemName.MatchesSimpleExpression(name, entry, ignoreCase: false)
                    && entry.Count(c => c == '/') == name.Count(c => c == '/')
                )
            )
            .Distinct(StringComparer.Ordinal);
    }

    private static byte[] Read(string path)
    {
        try
        {
            return UserFile.ReadAll(path, "a file of weights", MostBytes, "a metric's weights are smaller");
        }
        catch (UserFileException e)
        {
            throw new CheckpointException($"{path} {e.Problem}", e);
        }
    }
}
