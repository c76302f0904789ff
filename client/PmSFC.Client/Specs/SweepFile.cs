using System.Collections.Immutable;
using System.Text;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.ImageSets;
using PmSFC.Imaging.Files;
using PmSFC.Imaging.Formats;
using PmSFC.Storage;

namespace PmSFC.Client.Specs;

/// <summary>
/// A sweep's spec as its user writes it, in YAML. Keys: <c>generator</c> (name or id) and <c>methods</c> are needed; <c>name</c>,
/// <c>images</c>, <c>limit</c>, <c>task</c>, <c>seed</c>, <c>owner</c>, <c>priority</c>,
/// <c>failure-budget</c> and <c>gates</c> have defaults. Whether methods, presets and settings
/// exist is the planner's to say; <see cref="Describe"/> puts its issues where they were written.
/// </summary>
public sealed record SweepFile
{
    private const string SettingsOf = "settings.";

    private readonly IReadOnlyDictionary<string, SpecPlace> _places;

    private SweepFile(IReadOnlyDictionary<string, SpecPlace> places) => _places = places;

    /// <summary>The file as messages call it.</summary>
    public required string FileName { get; init; }

    /// <summary>Name for people; the file's own without extension where the spec has none.</summary>
    public required string Name { get; init; }

    /// <summary>Name or id of the generator.</summary>
    public required string Generator { get; init; }

    /// <summary>Full path of the folder or file of target images, or <c>set:NAME</c>, or null. The spec's path is relative to the spec.</summary>
    public required string? ImagesPath { get; init; }

    /// <summary>Most images to take, 1 or more, or null for all.</summary>
    public required int? Limit { get; init; }

    /// <summary>Name of the task; <c>inversion</c> where the spec has none.</summary>
    public required string Task { get; init; }

    /// <summary>The task's settings as written, one value each.</summary>
    public required ImmutableSortedDictionary<string, string> TaskSettings { get; init; }

    /// <summary>Full paths of the images that the task's settings name, by setting: values that end as an image file does, relative to the spec.</summary>
    public ImmutableSortedDictionary<string, string> TaskImagePaths =>
        TaskSettings
            .Where(setting => ImageFormats.IsImageName(setting.Value))
            .ToImmutableSortedDictionary(setting => setting.Key, setting => FullPath(setting.Value, FileName), StringComparer.Ordinal);

    /// <summary>Seed of every job; 0 where the spec has none.</summary>
    public required long Seed { get; init; }

    /// <summary>Whose fair share the sweep counts against, or null.</summary>
    public required string? Owner { get; init; }

    /// <summary>Higher runs first; 0 where the spec has none.</summary>
    public required int Priority { get; init; }

    /// <summary>How many jobs may fail before the sweep stops, or null for any number.</summary>
    public required FailureBudget? FailureBudget { get; init; }

    /// <summary>Methods with the settings to try, one or more.</summary>
    public required ImmutableArray<MethodSpec> Methods { get; init; }

    /// <summary>What an evaluation of the spec must keep, as it is written; empty for none.</summary>
    public required ImmutableArray<string> Gates { get; init; }

    /// <summary>For each of <see cref="Methods"/> the files of its network; the spec's paths are relative to the spec.</summary>
    public required ImmutableArray<NetworkPaths> NetworkPaths { get; init; }

    /// <summary>Settings that <c>--set</c> gives instead of the file's own, as it calls them: <c>split</c>, <c>subspaces.steps</c>, <c>network.width</c>.</summary>
    public ImmutableHashSet<string> GivenSettings { get; init; } = [];

    /// <summary>Reads a spec from a file.</summary>
    /// <exception cref="BadInputException">The file cannot be read, or <see cref="Parse"/> refuses it.</exception>
    public static SweepFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            using var file = UserFile.OpenRead(path, "a sweep's YAML file");
            var content = new byte[Math.Min(file.Length, SpecDocument.MaximumBytes + 1)];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length > SpecDocument.MaximumBytes)
                throw SpecDocument.Problem(
                    path,
                    SpecPlace.Start,
                    "the file is larger than 1 MB, which no sweep's spec needs to be; check that it is the right file."
                );
            return Parse(Decode(content.AsSpan(0, length), path).TrimStart((char)0xFEFF), path);
        }
        catch (UserFileException e)
        {
            throw new BadInputException(e.Message);
        }
        catch (IOException e)
        {
            throw new BadInputException($"{path} cannot be read ({e.Message.TrimEnd('.')}); check its permissions and the disk.");
        }
    }

    /// <summary>Reads a spec from its text.</summary>
    /// <param name="yaml">The file's text, at most 1 MB.</param>
    /// <param name="fileName">Its path: for messages, and what the spec's own paths are relative to.</param>
    /// <exception cref="BadInputException">The spec is wrong: <c>file:line:column: </c>, what is wrong, what to do.</exception>
    public static SweepFile Parse(string yaml, string fileName)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        ArgumentException.ThrowIfNullOrWhiteSpace(fileName);
        var reader = new SpecReader(fileName);
        var root = SpecDocument.Load(yaml, fileName);
        var keys = reader.Mapping(
            root,
            "",
            "a sweep",
            "name",
            "generator",
            "images",
            "limit",
            "task",
            "seed",
            "owner",
            "priority",
            "failure-budget",
            "methods",
            "gates"
        );
        foreach (var needed in (string[])["generator", "methods"])
            if (!keys.ContainsKey(needed))
                throw SpecDocument.Problem(fileName, SpecPlace.Start, $"the sweep has no '{needed}'; add that key.");

        var task = keys.TryGetValue("task", out var written)
            ? reader.Task(written)
            : (Name: "inversion", Settings: ImmutableSortedDictionary<string, string>.Empty);
        var (methods, networks) = reader.Methods(keys["methods"]);
        return new SweepFile(reader.Places)
        {
            FileName = fileName,
            Name = Text("name") ?? Path.GetFileNameWithoutExtension(fileName),
            Generator = Text("generator")!,
            ImagesPath = keys.TryGetValue("images", out var images) ? ImagesAt(reader.Images(images)) : null,
            Limit = (int?)Integer("limit", 1, int.MaxValue),
            Task = task.Name,
            TaskSettings = task.Settings,
            Seed = Integer("seed", 0, long.MaxValue) ?? 0,
            Owner = Text("owner"),
            Priority = (int)(Integer("priority", -1_000_000, 1_000_000) ?? 0),
            FailureBudget = keys.TryGetValue("failure-budget", out var budget) ? reader.Budget(budget, "'failure-budget'") : null,
            Methods = methods,
            Gates = keys.TryGetValue("gates", out var gates)
                ? [.. reader.List(gates, "gates", "'gates'").Select(gate => reader.Text(gate, "a gate"))]
                : [],
            NetworkPaths = [.. networks.Select(paths => new NetworkPaths(ImagesAt(paths.Images), Full(paths.Weights)))],
        };

        string? Full(string? path) => path is null ? null : FullPath(path, fileName);

        string? ImagesAt(string? location) => location is not null && ImageSetName.IsReference(location) ? location : Full(location);

        string? Text(string key) => keys.TryGetValue(key, out var node) ? reader.Text(node, $"'{key}'") : null;

        long? Integer(string key, long minimum, long maximum) =>
            keys.TryGetValue(key, out var node) ? reader.Integer(node, $"'{key}'", minimum, maximum) : null;
    }

    /// <summary>
    /// Where a path such as <c>methods[1].settings.codes</c> was written, or the nearest enclosing thing that was, since a preset or a default
    /// may have filled it in.
    /// </summary>
    public SpecPlace PlaceOf(string path)
    {
        for (var normal = SpecReader.Normalize(path); normal.Length > 0; normal = normal[..Math.Max(0, normal.LastIndexOfAny(['.', '[']))])
            if (_places.TryGetValue(normal, out var place))
                return place;
        return SpecPlace.Start;
    }

    /// <summary>The line of <see cref="PlaceOf"/>, from 1.</summary>
    public int LineOf(string path) => PlaceOf(path).Line;

    /// <summary>A planner's issue as <c>file:line:column: message</c>, or as <c>--set key: message</c> where that gave the value.</summary>
    public string Describe(SpecIssue issue)
    {
        if (SettingOf(issue.Path) is { } setting && GivenSettings.Contains(setting))
            return $"--set {setting}: {issue.Message}";
        var place = PlaceOf(issue.Path);
        return $"{FileName}:{place.Line}:{place.Column}: {issue.Message}";
    }

    // methods[1].subspaces.settings.steps is what --set calls subspaces.steps.
    private static string? SettingOf(string path)
    {
        var method = path.IndexOf("].", StringComparison.Ordinal) + 2;
        var settings = path.IndexOf(SettingsOf, StringComparison.Ordinal);
        return method < 2 || settings < method ? null : path[method..settings] + path[(settings + SettingsOf.Length)..];
    }

    /// <summary>The spec for the planner; without an owner it is the user that this process runs as.</summary>
    /// <param name="generatorId">Id of the generator that <see cref="Generator"/> names.</param>
    /// <param name="images">The prepared targets.</param>
    public SweepSpec ToSpec(string generatorId, ImmutableArray<ImageReference> images) =>
        new()
        {
            Name = Name,
            GeneratorId = generatorId,
            Task = Task,
            TaskSettings = TaskSettings,
            Images = images,
            Methods = Methods,
            Seed = Seed,
            Owner = Owner ?? Environment.UserName,
            Priority = Priority,
            FailureBudget = FailureBudget,
        };

    /// <exception cref="BadInputException">It begins with a home that is not known.</exception>
    private static string FullPath(string path, string fileName)
    {
        try
        {
            return Path.GetFullPath(HomeFolder.Expand(path), Path.GetDirectoryName(Path.GetFullPath(fileName))!);
        }
        catch (ArgumentException e)
        {
            throw new BadInputException($"{fileName} names '{path}', but {e.Message}.");
        }
    }

    private static string Decode(ReadOnlySpan<byte> content, string path)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            var line = content[..Math.Max(0, e.Index)].Count((byte)'\n') + 1;
            throw SpecDocument.Problem(
                path,
                new SpecPlace(line, 1),
                "the file is not UTF-8 text; check that it is a YAML file and save it as UTF-8."
            );
        }
    }
}
