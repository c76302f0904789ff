using System.Collections.Immutable;
using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.ImageSets;
using PmSFC.Wording;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PmSFC.Client.Specs;

/// <summary>Reads one spec's tree, remembering where each path was written.</summary>
internal sealed class SpecReader(string fileName)
{
    private const int MaximumValues = 100_000;
    private const int MaximumCells = 10_000;
    private const int MaximumTextLength = 200;

    private readonly Dictionary<string, SpecPlace> _places = new(StringComparer.Ordinal);
    private int _values;

    /// <summary>Where each path was written, by <see cref="Normalize"/>.</summary>
    public IReadOnlyDictionary<string, SpecPlace> Places => _places;

    /// <summary>One spelling of a path for all ways to write it: <c>sizesOf</c> and <c>sizes-of</c> are the same.</summary>
    public static string Normalize(string path) => path.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>The keys of a mapping, each one of <paramref name="known"/>.</summary>
    public IReadOnlyDictionary<string, YamlNode> Mapping(YamlNode node, string path, string what, params IReadOnlyCollection<string> known)
    {
        var entries = Entries(node, path, $"{what} is a mapping of keys to values ({string.Join(", ", known)})");
        foreach (var (key, child) in entries)
            if (!known.Contains(key))
            {
                var hint = Spelling.Nearest(key, known) is { } nearest
                    ? $"did you mean '{nearest}'?"
                    : $"use one of: {string.Join(", ", known)}.";
                throw Problem(child.Key, $"'{key}' is not a key of {what}; {hint}");
            }

        return entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.Ordinal);
    }

    /// <summary>The items of a list, which has one or more.</summary>
    public IReadOnlyList<YamlNode> List(YamlNode node, string path, string what)
    {
        if (node is not YamlSequenceNode sequence)
            throw Problem(node, $"{what} is a list; begin each item with '- '.");
        if (sequence.Children.Count == 0)
            throw Problem(node, $"{what} is an empty list; write at least one item.");
        for (var i = 0; i < sequence.Children.Count; i++)
            Place($"{path}[{i}]", sequence.Children[i]);
        return [.. sequence.Children];
    }

    /// <summary>A scalar's text.</summary>
    public string Text(YamlNode node, string what)
    {
        Count(node);
        if (SpecDocument.IsNothing(node))
            throw Problem(node, $"{what} has no value; write one after the colon, or remove the key.");
        if (node is not YamlScalarNode { Value: { } value })
            throw Problem(node, $"{what} is a single value, not a list or mapping.");
        if (string.IsNullOrWhiteSpace(value))
            throw Problem(node, $"{what} is empty; write a value, or remove the key.");
        if (value.Length > MaximumTextLength)
            throw Problem(node, $"{what} is longer than {MaximumTextLength} characters; shorten it.");
        if (value.Any(char.IsControl))
            throw Problem(node, $"{what} holds a line break or another control character; remove it.");
        return value;
    }

    /// <summary>The value of <c>images</c>: a path, or <c>set:NAME</c>.</summary>
    public string Images(YamlNode node)
    {
        var location = Text(node, "'images'");
        return ImageSetName.Fault(location) is { } fault ? throw Problem(node, $"'images' is '{location}', but {fault}.") : location;
    }

    /// <summary>A whole number of a range.</summary>
    public long Integer(YamlNode node, string what, long minimum, long maximum)
    {
        var text = Text(node, what);
        return
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= minimum
            && value <= maximum
            ? value
            : throw Problem(
                node,
                string.Create(CultureInfo.InvariantCulture, $"{what} is '{text}', but must be a whole number from {minimum} to {maximum}.")
            );
    }

    /// <summary>How many jobs may fail.</summary>
    public FailureBudget Budget(YamlNode node, string what) =>
        FailureBudget.TryParse(Text(node, what), out var budget)
            ? budget
            : throw Problem(
                node,
                $"{what} is '{Text(node, what)}', but must be a whole number of jobs that may fail, such as 5, or a percentage of them, such as 10%."
            );

    /// <summary>The entries of <c>methods</c>.</summary>
    /// <returns>The methods, and for each the files of its network as they are written.</returns>
    public (ImmutableArray<MethodSpec> Methods, ImmutableArray<NetworkPaths> Networks) Methods(YamlNode node)
    {
        var methods = ImmutableArray.CreateBuilder<MethodSpec>();
        var networks = ImmutableArray.CreateBuilder<NetworkPaths>();
        var labels = new HashSet<string>(StringComparer.Ordinal);
        var cells = 0L;
        foreach (var (i, item) in List(node, "methods", "'methods'").Index())
        {
            var path = $"methods[{i}]";
            var keys = Mapping(item, path, "a method", "method", "label", "preset", "settings", "subspaces", "network");
            if (!keys.TryGetValue("method", out var method))
                throw Problem(item, "this method has no name; write 'method: pmsfc', for example.");
            var label = keys.TryGetValue("label", out var written) ? Text(written, "'label'") : null;
            if (label is not null && !labels.Add(label))
                throw Problem(written!, $"the label '{label}' is used twice; give each method its own.");
            var (training, paths) = keys.TryGetValue("network", out var network)
                ? Training(network, $"{path}.network")
                : (null, NetworkPaths.None);
            networks.Add(paths);
            var spec = new MethodSpec
            {
                Method = Text(method, "'method'"),
                Label = label,
                Preset = keys.TryGetValue("preset", out var preset) ? Text(preset, "'preset'") : null,
                Settings = Settings(keys, path),
                Subspaces = keys.TryGetValue("subspaces", out var subspaces) ? Discovery(subspaces, $"{path}.subspaces") : null,
                Network = training,
            };
            methods.Add(spec);

            cells = Math.Min(MaximumCells + 1, cells + CellsOf(spec));
            if (cells > MaximumCells)
                throw Problem(
                    item,
                    $"the grid has more than {MaximumCells} cells with this method; give fewer values, or split the sweep."
                );
        }

        return (methods.ToImmutable(), networks.ToImmutable());
    }

    /// <summary>The value of <c>task</c>: a name, or a mapping of <c>name</c> and <c>settings</c> with one value each.</summary>
    public (string Name, ImmutableSortedDictionary<string, string> Settings) Task(YamlNode node)
    {
        var none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (node is not YamlMappingNode)
            return (Text(node, "'task'"), none);
        var keys = Mapping(node, "task", "'task'", "name", "settings");
        if (!keys.TryGetValue("name", out var name))
            throw Problem(node, "this task has no name; write 'name: super-resolution', for example.");
        if (!keys.TryGetValue("settings", out var settings))
            return (Text(name, "'name'"), none);
        var entries = Entries(settings, "task.settings", "'settings' is a mapping of setting names to values");
        return (
            Text(name, "'name'"),
            none.AddRange(entries.Select(entry => KeyValuePair.Create(entry.Key, Text(entry.Value.Value, $"'{entry.Key}'"))))
        );
    }

    /// <summary>The exception that says what is wrong at the node.</summary>
    public BadInputException Problem(YamlNode node, string message) =>
        SpecDocument.Problem(fileName, SpecDocument.PlaceOf(node.Start), message);

    private DiscoverySpec Discovery(YamlNode node, string path)
    {
        var keys = Mapping(node, path, "'subspaces'", "method", "preset", "settings", "seeds", "sizes-of");
        if (!keys.TryGetValue("method", out var method))
            throw Problem(node, "these subspaces name no method; write 'method: self-expressive', for example.");
        return new DiscoverySpec
        {
            Method = Text(method, "'method'"),
            Preset = keys.TryGetValue("preset", out var preset) ? Text(preset, "'preset'") : null,
            Settings = Settings(keys, path),
            Seeds = keys.TryGetValue("seeds", out var seeds) ? Seeds(seeds, $"{path}.seeds") : [],
            SizesOf = keys.TryGetValue("sizes-of", out var sizesOf) ? Discovery(sizesOf, $"{path}.sizes-of") : null,
        };
    }

    private (TrainingSpec Training, NetworkPaths Paths) Training(YamlNode node, string path)
    {
        var keys = Mapping(node, path, "'network'", "preset", "settings", "seeds", "images", "weights");
        if (keys.ContainsKey("weights") && keys.FirstOrDefault(key => key.Key != "weights") is { Key: { } other, Value: { } place })
            throw Problem(place, $"'{other}' says how the network is trained, but 'weights' names a trained one; remove one of the two.");
        var training = new TrainingSpec
        {
            Preset = keys.TryGetValue("preset", out var preset) ? Text(preset, "'preset'") : null,
            Settings = Settings(keys, path),
            Seeds = keys.TryGetValue("seeds", out var seeds) ? Seeds(seeds, $"{path}.seeds") : [],
        };
        return (
            training,
            new NetworkPaths(
                keys.TryGetValue("images", out var images) ? Images(images) : null,
                keys.TryGetValue("weights", out var weights) ? Text(weights, "'weights'") : null
            )
        );
    }

    private ImmutableArray<long> Seeds(YamlNode node, string path)
    {
        var seeds = ImmutableArray.CreateBuilder<long>();
        foreach (var item in node is YamlSequenceNode ? List(node, path, "'seeds'") : [node])
        {
            var seed = Integer(item, "a seed", 0, long.MaxValue);
            if (seeds.Contains(seed))
                throw Problem(item, string.Create(CultureInfo.InvariantCulture, $"the seed {seed} is listed twice; keep one."));
            seeds.Add(seed);
        }

        return seeds.ToImmutable();
    }

    private ImmutableSortedDictionary<string, ImmutableArray<string>> Settings(IReadOnlyDictionary<string, YamlNode> keys, string path)
    {
        var settings = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        if (!keys.TryGetValue("settings", out var node))
            return settings.ToImmutable();
        foreach (var (name, entry) in Entries(node, $"{path}.settings", "'settings' is a mapping of setting names to values"))
        {
            if (name.Length is 0 or > MaximumTextLength)
                throw Problem(entry.Key, "this is not the name of a setting.");
            var values = ImmutableArray.CreateBuilder<string>();
            foreach (
                var item in entry.Value is YamlSequenceNode ? List(entry.Value, $"{path}.settings.{name}", $"'{name}'") : [entry.Value]
            )
            {
                var value = Text(item, $"'{name}'");
                if (values.Contains(value))
                    throw Problem(item, $"'{name}' lists '{value}' twice; keep one.");
                values.Add(value);
            }

            settings.Add(name, values.ToImmutable());
        }

        return settings.ToImmutable();
    }

    private Dictionary<string, KeyValuePair<YamlNode, YamlNode>> Entries(YamlNode node, string path, string rule)
    {
        if (node is not YamlMappingNode mapping)
            throw Problem(node, $"{rule}; write 'key: value' on indented lines.");
        var entries = new Dictionary<string, KeyValuePair<YamlNode, YamlNode>>(StringComparer.Ordinal);
        foreach (var entry in mapping.Children.Where(entry => !IsMerge(entry.Key)))
        {
            Count(entry.Key);
            entries.Add(((YamlScalarNode)entry.Key).Value ?? "", entry);
        }

        // What is written in a mapping holds over what it merges, and an earlier mapping of a list over a later one.
        foreach (var source in mapping.Children.Where(entry => IsMerge(entry.Key)).SelectMany(entry => MergedBy(entry.Value)))
        foreach (var (key, entry) in Entries(source, path, rule))
            entries.TryAdd(key, entry);
        foreach (var (key, entry) in entries)
            Place(path.Length == 0 ? key : $"{path}.{key}", entry.Key);
        return entries;
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain };

    private IEnumerable<YamlNode> MergedBy(YamlNode value) =>
        value switch
        {
            YamlMappingNode => [value],
            YamlSequenceNode list when list.Children.All(item => item is YamlMappingNode) => list.Children,
            _ => throw Problem(
                value,
                "'<<' takes over the keys of a mapping or of a list of mappings; write '<<: *name' where '&name' stands before a mapping."
            ),
        };

    private void Place(string path, YamlNode node) => _places[Normalize(path)] = SpecDocument.PlaceOf(node.Start);

    /// <summary>Aliases let a small file stand for a large one, so what counts is what is read, not what is written.</summary>
    private void Count(YamlNode node)
    {
        if (++_values > MaximumValues)
            throw Problem(node, $"the spec's aliases expand to more than {MaximumValues} values; write fewer.");
    }

    private static long CellsOf(MethodSpec method)
    {
        var cells = Product(method.Settings);
        if (method.Subspaces is { } subspaces)
            cells = Bounded(cells, CellsOf(subspaces));
        return method.Network is { } network
            ? Bounded(cells, Bounded(Product(network.Settings), Math.Max(1, network.Seeds.Length)))
            : cells;
    }

    private static long CellsOf(DiscoverySpec discovery) =>
        Bounded(
            Bounded(Product(discovery.Settings), Math.Max(1, discovery.Seeds.Length)),
            discovery.SizesOf is { } sizesOf ? CellsOf(sizesOf) : 1
        );

    private static long Product(ImmutableSortedDictionary<string, ImmutableArray<string>> settings) =>
        settings.Values.Aggregate(1L, (product, values) => Bounded(product, values.Length));

    private static long Bounded(long left, long right) => Math.Min(MaximumCells + 1, left * right);
}
