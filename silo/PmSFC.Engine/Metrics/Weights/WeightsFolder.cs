using System.IO.Enumeration;
using System.Security.Cryptography;
using PmSFC.Engine.Safetensors;

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
        if (path is not null && !Directory.Exists(path)) throw new DirectoryNotFoundException($"there is no folder of weights at {path}; check the path.");
        _path = path;
    }

    /// <summary>Reads the first file that has one of the names.</summary>
    /// <param name="what">What the file holds, for the sentence that says that it is missing.</param>
    /// <param name="names">Paths below the folder, with slashes, the best first. <c>*</c> stands for any part of a name; of several files the first by name is read.</param>
    /// <exception cref="MissingWeightsException">There is none.</exception>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public WeightsFile Read(string what, params ReadOnlySpan<string> names)
    {
        var searched = string.Join(", ", names.ToArray());
        if (_path is null) throw new MissingWeightsException($"no folder of weights is named, in which {what} would be one of {searched}");
        foreach (var name in names)
        {
            if (Find(name) is { } found) return Read(found);
        }

        throw new MissingWeightsException($"no {what} in {_path}, which has none of {searched}");
    }

    private string? Find(string name) => Directory.EnumerateFiles(_path!, "*", Below)
        .Select(file => Path.GetRelativePath(_path!, file).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(file => FileSystemName.MatchesSimpleExpression(name, file, ignoreCase: false) && file.Count(c => c == '/') == name.Count(c => c == '/'))
        .Min(StringComparer.Ordinal);

    private WeightsFile Read(string name)
    {
        var path = Path.Combine(_path!, name);
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw new CheckpointException($"{path} is larger than {MostBytes} bytes; it cannot be a metric's weights.");
            var content = File.ReadAllBytes(path);
            return new WeightsFile(new WeightsSource(name, Convert.ToHexStringLower(SHA256.HashData(content))), content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
