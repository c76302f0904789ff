using System.Text.RegularExpressions;

namespace PmSFC.Engine.Checkpoints.Formats;

/// <summary>
/// Finds a network in a checkpoint by a tensor that it is known by, whatever containers (<c>state_dict</c>, <c>params_ema</c>, …) and prefixes
/// (<c>module.</c> of DataParallel, <c>_orig_mod.</c> of torch.compile, <c>generator.</c> of a Lightning module, …) its names are in. Of several networks the
/// average over training comes first; a discriminator's and an optimizer's tensors come last.
/// </summary>
public static partial class NetworkSearch
{
    private const int MostNamed = 5;

    /// <summary>Finds a network.</summary>
    /// <param name="checkpoint">The whole file.</param>
    /// <param name="marks">Names of tensors, each of which a network of the kind may be known by; the first that is there counts.</param>
    /// <returns>The network; null where no tensor has such a name.</returns>
    /// <exception cref="CheckpointException">Several networks differ and none is to be preferred.</exception>
    public static FoundNetwork? Find(StateDict checkpoint, params IReadOnlyList<string> marks)
    {
        var candidates = Candidates(checkpoint, marks);
        if (candidates.Count == 0)
            return null;
        var best = candidates.Max(candidate => candidate.Rank);
        var equal = candidates.Where(candidate => candidate.Rank == best).ToList();
        var chosen = equal[0];
        foreach (var candidate in equal.Where(candidate => !ReferenceEquals(candidate, chosen) && !AreEqual(checkpoint, chosen, candidate)))
            throw Ambiguous(checkpoint, [.. equal.Select(one => one.Prefix)]);
        foreach (var twin in chosen.Twins.Where(twin => !checkpoint.AreEqual(chosen.Tensor, twin)))
            throw Ambiguous(checkpoint, [chosen.Prefix, twin[..^Math.Min(twin.Length, marks[chosen.Mark].Length)]]);

        var names = Names(checkpoint, chosen);
        var left = candidates
            .Where(candidate => candidate.Rank < best && candidate.Rank > Rank.Other)
            .Select(candidate => candidate.Prefix)
            .ToList();
        if (
            best < Rank.Average
            && (FlatAverage(checkpoint, marks[chosen.Mark], "") ?? FlatAverage(checkpoint, marks[chosen.Mark], "_")) is { } flat
        )
        {
            foreach (var name in names.Keys.ToList())
                if (flat.Tensors.TryGetValue(name.Replace(".", flat.Dot, StringComparison.Ordinal), out var average))
                    names[name] = average;
            return new FoundNetwork(
                checkpoint.Select(names, chosen.Prefix),
                chosen.Mark,
                flat.Prefix,
                Note(checkpoint, flat.Prefix, Rank.Average, [chosen.Prefix])
            );
        }

        // Averages of parameters alone go with the running statistics of the weights that they are an average of.
        if (
            best == Rank.Average
            && candidates.FirstOrDefault(candidate => candidate.Rank == Rank.Raw && candidate.Mark == chosen.Mark) is { } raw
        )
            foreach (var (name, place) in Names(checkpoint, raw).Where(name => Statistics().IsMatch(name.Key)))
                names.TryAdd(name, place);
        return new FoundNetwork(
            checkpoint.Select(names, chosen.Prefix),
            chosen.Mark,
            chosen.Prefix,
            Note(checkpoint, chosen.Prefix, best, left)
        );
    }

    /// <summary>Finds a network that must be there.</summary>
    /// <param name="checkpoint">The whole file.</param>
    /// <param name="mark">The name of a tensor that it is known by.</param>
    /// <exception cref="CheckpointException">There is none, or there are several that differ and none is to be preferred.</exception>
    public static FoundNetwork FindOrThrow(StateDict checkpoint, string mark) =>
        Find(checkpoint, mark)
        ?? throw SafetensorsHeader.Damaged(checkpoint.FileName, checkpoint.DescribeModule() ?? $"lacks the tensor '{mark}'");

    /// <summary>Whether a tensor has a name, whatever comes before it.</summary>
    internal static bool Has(StateDict checkpoint, string mark) => checkpoint.Places.Any(place => EndsWithName(Plain(place), mark));

    private static List<Candidate> Candidates(StateDict checkpoint, IReadOnlyList<string> marks)
    {
        var byRoot = new OrderedDictionary<string, Candidate>(StringComparer.Ordinal);
        foreach (var place in checkpoint.Places)
        {
            var plain = Plain(place);
            for (var mark = 0; mark < marks.Count; mark++)
            {
                if (!EndsWithName(plain, marks[mark]))
                    continue;
                var root = plain[..^marks[mark].Length];
                var prefix = place.EndsWith(marks[mark], StringComparison.Ordinal) ? place[..^marks[mark].Length] : root;
                if (!byRoot.TryGetValue(root, out var known) || known.Mark > mark)
                    byRoot[root] = new Candidate(root, mark, place, prefix, RankOf(root), []);
                else if (known.Mark == mark)
                    known.Twins.Add(place);
                break;
            }
        }

        return
        [
            .. byRoot
                .Values.Where(candidate => !byRoot.Values.Any(outer => IsPart(candidate, outer)))
                .Select(candidate =>
                    checkpoint.IsList && IsAverageOfThree(candidate.Root, byRoot.Keys) ? candidate with { Rank = Rank.Average } : candidate
                ),
        ];
    }

    /// <summary>
    /// Whether a candidate is only a module of another one of a different kind: what makes a StyleGAN2's images has layers as a PGGAN has them.
    /// </summary>
    private static bool IsPart(Candidate candidate, Candidate outer) =>
        candidate.Mark != outer.Mark
        && candidate.Root.Length > outer.Root.Length
        && candidate.Root.StartsWith(outer.Root, StringComparison.Ordinal)
        && !candidate.Root[outer.Root.Length..].Contains('/')
        && candidate.Rank == outer.Rank;

    /// <summary>The names of a candidate's tensors and of what was not read among them.</summary>
    private static Dictionary<string, string> Names(StateDict checkpoint, Candidate candidate)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var place in checkpoint.Places)
        {
            var plain = Plain(place);
            if (plain.Length <= candidate.Root.Length || !plain.StartsWith(candidate.Root, StringComparison.Ordinal))
                continue;

            // Of two tensors that differ in what is taken off, the one in the place of the mark counts.
            if (
                !names.TryAdd(plain[candidate.Root.Length..], place)
                && place.StartsWith(candidate.Prefix, StringComparison.Ordinal)
                && Plain(place[candidate.Prefix.Length..]).Length == place.Length - candidate.Prefix.Length
            )
            {
                names[plain[candidate.Root.Length..]] = place;
            }
        }

        return names;
    }

    private static bool AreEqual(StateDict checkpoint, Candidate one, Candidate other)
    {
        var (a, b) = (Names(checkpoint, one), Names(checkpoint, other));
        return one.Mark == other.Mark
            && a.Count == b.Count
            && a.All(name => b.TryGetValue(name.Key, out var place) && checkpoint.AreEqual(name.Value, place));
    }

    /// <summary>
    /// The averages of a module that keeps them as buffers, whose names may have no dots (<c>model_ema.layer0convweight</c>,
    /// <c>model_ema.layer0_conv_weight</c>), not even after what comes before them (<c>model_ema._orig_modlayer0convweight</c>); null where there are none.
    /// </summary>
    private static (string Prefix, string Dot, Dictionary<string, string> Tensors)? FlatAverage(
        StateDict checkpoint,
        string mark,
        string dot
    )
    {
        var flat = mark.Replace(".", dot, StringComparison.Ordinal);
        var prefix = checkpoint
            .Places.Where(place => place.EndsWith(flat, StringComparison.Ordinal))
            .Select(place => place[..^flat.Length])
            .FirstOrDefault(root => RankOf(root) == Rank.Average);
        if (prefix is null || flat == mark)
            return null;
        var places = checkpoint.Places.Where(place => place.StartsWith(prefix, StringComparison.Ordinal));
        return (prefix, dot, places.ToDictionary(place => place[prefix.Length..], StringComparer.Ordinal));
    }

    private static string? Note(StateDict checkpoint, string prefix, Rank rank, IReadOnlyList<string> left)
    {
        var lost = rank == Rank.Average ? null : LostAverage(checkpoint);
        if (prefix.Length == 0 && left.Count == 0 && lost is null)
            return null;
        var cut = prefix.LastIndexOf('/') + 1;
        return $"{checkpoint.FileName}: read the {(rank == Rank.Average ? "averaged " : "")}weights"
            + (cut > 0 ? $" in '{prefix[..(cut - 1)]}'" : "")
            + (cut < prefix.Length ? $"{(cut > 0 ? "," : "")} without '{prefix[cut..]}' before their names" : "")
            + (left.Count > 0 ? $"; not those {List(left)}" : "")
            + lost
            + ".";
    }

    /// <summary>What is said of averages that cannot be read: a list without names, or a module with its program.</summary>
    private static string? LostAverage(StateDict checkpoint)
    {
        foreach (var place in checkpoint.Places)
        {
            if (Item().Match(place) is { Success: true } item && RankOf(item.Groups[1].Value) == Rank.Average)
                return $"; the averaged weights in '{item.Groups[1].Value}' have no names and are not read";
            if (checkpoint.IsModule(place) && RankOf(place) == Rank.Average)
                return $"; the averaged weights in '{place}' are a whole module, which is not read";
        }

        return null;
    }

    private static CheckpointException Ambiguous(StateDict checkpoint, IReadOnlyList<string> prefixes)
    {
        var example =
            checkpoint.IsTorch && prefixes.FirstOrDefault(prefix => prefix.Length > 0) is { } prefix
                ? $", for example, in Python: {Python(checkpoint, prefix)}"
                : "";
        return SafetensorsHeader.Damaged(
            checkpoint.FileName,
            $"holds {prefixes.Count} networks that could be meant, {List(prefixes)}, and they differ: which one is it? Save that one alone{example}"
        );
    }

    private static string List(IReadOnlyList<string> prefixes)
    {
        var named = prefixes.Take(MostNamed).Select(prefix => prefix.Length == 0 ? "without a prefix" : $"in '{prefix.TrimEnd('/')}'");
        return string.Join(", ", named) + (prefixes.Count > MostNamed ? $" and {prefixes.Count - MostNamed} more" : "");
    }

    /// <summary>A line of Python that saves one of a file's networks alone.</summary>
    private static string Python(StateDict checkpoint, string prefix)
    {
        var cut = prefix.LastIndexOf('/') + 1;
        var place = "";
        var containers = prefix[..cut]
            .Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(name =>
            {
                place = place.Length == 0 ? name : $"{place}/{name}";
                return checkpoint.IsLiteral(place) ? $"[{name}]" : $"[{Literal(name)}]";
            });
        var loaded = $"torch.load({Literal(checkpoint.FileName)}, map_location='cpu'){string.Concat(containers)}";
        var names = prefix[cut..];
        var tensors =
            names.Length == 0 ? loaded : $"{{k[{names.Length}:]: v for k, v in {loaded}.items() if k.startswith({Literal(names)})}}";
        return $"torch.save({tensors}, 'one.pth')";

        static string Literal(string text) =>
            $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
    }

    /// <summary>A name without what DataParallel and torch.compile put into it.</summary>
    private static string Plain(string name) => name.Contains("mod", StringComparison.Ordinal) ? Wrapper().Replace(name, "") : name;

    private static bool EndsWithName(string place, string name) =>
        place.EndsWith(name, StringComparison.Ordinal) && (place.Length == name.Length || place[^(name.Length + 1)] is '.' or '/');

    /// <summary>The pickles of progressive_growing_of_gans and of StyleGAN are (G, D, Gs), of which the last is the average.</summary>
    private static bool IsAverageOfThree(string root, IEnumerable<string> roots) =>
        root.StartsWith("2/", StringComparison.Ordinal) && roots.Contains($"0/{root[2..]}", StringComparer.Ordinal);

    private static Rank RankOf(string root)
    {
        var rank = Rank.Raw;
        foreach (var segment in root.Split('/', '.'))
        {
            var words = Camel().Replace(segment, "_").Replace('-', '_').ToLowerInvariant();
            if (Others().IsMatch(words))
                return Rank.Other;
            if (words == "current_model_state" || NotAverages().IsMatch(words))
                return Rank.Replaced;
            if (segment == "Gs" || Averages().IsMatch(words))
                rank = Rank.Average;
        }

        return rank;
    }

    [GeneratedRegex(
        @"(?<=^|[./])(?:module|_module|_orig_mod|_forward_module|_fsdp_wrapped_module|_fpw_module|_checkpoint_wrapped_module)\."
    )]
    private static partial Regex Wrapper();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Camel();

    [GeneratedRegex(
        "(?:^|_)(?:[dgn]?emas?[0-9]*|ema(?:dict|g|model|net|params|state|weights)|avg|average[ds]?|averaging|smooth(?:ed)?|shadows?|swa|running|polyak)(?:_|$)"
    )]
    private static partial Regex Averages();

    [GeneratedRegex("(?:^|_)(?:no|non|not|without|before|raw)(?:_|$)")]
    private static partial Regex NotAverages();

    [GeneratedRegex("(?:^|_)(?:d|dis|disc|discriminators?|critic|enc|encoder|opt|optim[a-z]*)(?:_|$)")]
    private static partial Regex Others();

    [GeneratedRegex(@"\.running_(?:mean|var)$")]
    private static partial Regex Statistics();

    [GeneratedRegex("^(.+)/[0-9]+$")]
    private static partial Regex Item();

    private enum Rank
    {
        /// <summary>A discriminator's, or an optimizer's.</summary>
        Other,

        /// <summary>Weights that their program keeps in addition to those that it uses.</summary>
        Replaced,

        /// <summary>Weights of the last step.</summary>
        Raw,

        /// <summary>The average over training.</summary>
        Average,
    }

    /// <summary>A place where a network may be.</summary>
    /// <param name="Root">What comes before the names, without wrappers.</param>
    /// <param name="Mark">Which mark is there.</param>
    /// <param name="Tensor">The mark's name in the file.</param>
    /// <param name="Prefix">What comes before the mark in the file.</param>
    /// <param name="Rank">How good it is.</param>
    /// <param name="Twins">Other tensors of the file that would have the mark's name.</param>
    private sealed record Candidate(string Root, int Mark, string Tensor, string Prefix, Rank Rank, List<string> Twins);
}
