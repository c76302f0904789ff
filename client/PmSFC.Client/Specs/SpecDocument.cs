using PmSFC.Abstractions.Failures;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace PmSFC.Client.Specs;

/// <summary>Makes a YAML tree of untrusted text: its depth is bounded and its keys are known to be unique text before a tree is built.</summary>
internal static class SpecDocument
{
    /// <summary>Most bytes of a spec.</summary>
    public const int MaximumBytes = 1 << 20;

    private const int MaximumDepth = 16;

    /// <summary>The document's mapping.</summary>
    /// <exception cref="BadInputException">The text is no YAML document that holds a mapping.</exception>
    public static YamlMappingNode Load(string yaml, string fileName)
    {
        if (yaml.Length > MaximumBytes)
            throw Problem(
                fileName,
                SpecPlace.Start,
                "the file is larger than 1 MB, which no sweep's spec needs to be; check that it is the right file."
            );
        if (yaml.IndexOf('\0') is >= 0 and var nul)
            throw Problem(
                fileName,
                new SpecPlace(yaml.AsSpan(0, nul).Count('\n') + 1, 1),
                "the line holds a zero byte; check that it is a text file."
            );
        var parser = ParserOf(yaml);
        try
        {
            Inspect(parser, fileName);
            var stream = new YamlStream();
            stream.Load(parser = ParserOf(yaml));
            if (stream.Documents.Count == 0 || IsNothing(stream.Documents[0].RootNode))
                throw Problem(fileName, SpecPlace.Start, "the file is empty; write at least 'generator' and 'methods'.");
            return stream.Documents[0].RootNode as YamlMappingNode
                ?? throw Problem(
                    fileName,
                    PlaceOf(stream.Documents[0].RootNode.Start),
                    "a sweep's spec is a mapping of keys to values; write for example 'generator: celeba64-pggan' on a line of its own."
                );
        }
        catch (YamlException e)
        {
            throw Explain(yaml, fileName, e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser has no words for some texts, such as a key in a list whose bracket is still open: it says that its own state is wrong.
            var (start, end) = parser.Current is { } last ? (last.Start, last.End) : (Mark.Empty, Mark.Empty);
            throw Explain(yaml, fileName, new YamlException(start, end, "A bracket, a brace or a key has no end", e));
        }
    }

    /// <summary>The exception that says what is wrong where.</summary>
    public static BadInputException Problem(string fileName, SpecPlace place, string message) =>
        new($"{fileName}:{place.Line}:{place.Column}: {message}");

    /// <summary>A mark as a place.</summary>
    public static SpecPlace PlaceOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    /// <summary>Whether the node is a plain scalar that YAML reads as null.</summary>
    public static bool IsNothing(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private static Parser ParserOf(string yaml) => new(new AnchoredScalars(new StringReader(yaml)));

    private static void Inspect(Parser parser, string fileName)
    {
        var open = new Stack<OpenCollection>();
        var anchors = new HashSet<AnchorName>();
        var documents = 0;
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            switch (current)
            {
                case DocumentStart when ++documents > 1:
                    throw Problem(
                        fileName,
                        PlaceOf(current.Start),
                        "a second document begins here; keep one sweep a file and remove the '---'."
                    );
                case MappingEnd or SequenceEnd:
                    open.Pop();
                    break;
                case AnchorAlias alias when !anchors.Contains(alias.Value):
                    throw Problem(
                        fileName,
                        PlaceOf(alias.Start),
                        $"'*{alias.Value}' stands for nothing that was written before; write '&{alias.Value}' where it is meant."
                    );
                case AnchorAlias alias when open.Any(collection => collection.Anchor == alias.Value):
                    throw Problem(
                        fileName,
                        PlaceOf(alias.Start),
                        $"'*{alias.Value}' stands for what it is in, so it has no end; write what is meant instead."
                    );
                case NodeEvent { Tag: { IsEmpty: false } tag } when !IsKnown(tag.Value):
                    throw Problem(fileName, PlaceOf(current.Start), $"the tag '{tag.Value}' is not read; remove it.");
                case NodeEvent or AnchorAlias:
                    var anchor = current is NodeEvent node ? node.Anchor : AnchorName.Empty;
                    if (!anchor.IsEmpty)
                        anchors.Add(anchor);
                    if (open.TryPeek(out var parent))
                        parent.Add(current, fileName);
                    if (current is MappingStart or SequenceStart)
                        open.Push(new OpenCollection(current is MappingStart ? [] : null, anchor));
                    if (open.Count > MaximumDepth)
                        throw Problem(
                            fileName,
                            PlaceOf(current.Start),
                            $"values are nested more than {MaximumDepth} deep; no key of a sweep is."
                        );
                    break;
            }
        }
    }

    // The tags of values that a spec has anyway; "!" means that none is meant.
    private static bool IsKnown(string tag) =>
        tag is "!" or "?"
        || tag
            is "tag:yaml.org,2002:str"
                or "tag:yaml.org,2002:int"
                or "tag:yaml.org,2002:float"
                or "tag:yaml.org,2002:bool"
                or "tag:yaml.org,2002:null"
                or "tag:yaml.org,2002:map"
                or "tag:yaml.org,2002:seq";

    private static BadInputException Explain(string yaml, string fileName, YamlException exception)
    {
        var place = PlaceOf(exception.Start);
        var lines = yaml.TrimEnd().Split('\n');
        if (place.Line > lines.Length)
            place = new SpecPlace(lines.Length, lines[^1].Length + 1);
        var suspects = exception.Message.Contains(" tab ", StringComparison.Ordinal) ? lines.Length - place.Line + 1 : 1;
        for (var line = place.Line; line < place.Line + suspects; line++)
            if (lines[line - 1].TakeWhile(c => c is ' ' or '\t').ToList().IndexOf('\t') is >= 0 and var tab)
                return Problem(fileName, new SpecPlace(line, tab + 1), "the line is indented with a tab; indent with spaces.");
        return Problem(
            fileName,
            place,
            $"this is not YAML ({exception.Message.TrimEnd('.')}); check the indentation, quotes and brackets around here."
        );
    }

    private sealed class OpenCollection(HashSet<string>? keys, AnchorName anchor)
    {
        private bool _atValue;

        public AnchorName Anchor => anchor;

        public void Add(ParsingEvent node, string fileName)
        {
            if (keys is null)
                return;
            if (!_atValue)
            {
                if (node is not Scalar { Value: var key })
                    throw Problem(fileName, PlaceOf(node.Start), "a key must be plain text; write 'key: value'.");
                if (!keys.Add(key))
                    throw Problem(fileName, PlaceOf(node.Start), $"'{key}' appears twice; keep one of the two.");
            }

            _atValue = !_atValue;
        }
    }
}
