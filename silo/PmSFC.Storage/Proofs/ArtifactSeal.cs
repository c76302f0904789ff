using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using PmSFC.Wording;

namespace PmSFC.Storage;

/// <summary>
/// What proves a JSON artifact and its files: its last two members, <c>files</c>, the SHA-256 of each file by name, and <c>seal</c>, the
/// SHA-256 of all bytes before it. Readers that do not know them ignore them; an artifact of an earlier version has neither.
/// </summary>
/// <param name="State">Whether there is a seal, and whether it fits.</param>
/// <param name="Files">SHA-256 of its files, 64 hexadecimal digits, by name within their folder; empty without an intact seal.</param>
public sealed record ArtifactSeal(SealState State, ImmutableSortedDictionary<string, string> Files)
{
    private const int Digits = 64;

    private static readonly byte[] FilesMark = ",\n \"files\": {"u8.ToArray();
    private static readonly byte[] SealMark = ",\n \"seal\": \""u8.ToArray();
    private static readonly byte[] End = "\"\n}"u8.ToArray();

    private static ArtifactSeal None { get; } = new(SealState.None, ImmutableSortedDictionary<string, string>.Empty);

    private static ArtifactSeal Broken { get; } = new(SealState.Broken, ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>A JSON object with its seal.</summary>
    /// <param name="json">A JSON object with one member or more.</param>
    /// <param name="files">The artifact's files.</param>
    public static byte[] Close(ReadOnlySpan<byte> json, params IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> files)
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(json).TrimEnd()[..^1].TrimEnd());
        text.Append(",\n \"files\": {");
        text.AppendJoin(',', files.Select(file => $"\n  {JsonSerializer.Serialize(file.Name)}: \"{Sha256Text.Of(file.Content.Span)}\""));
        text.Append("\n }");
        var before = Encoding.UTF8.GetBytes(text.ToString());
        return [.. before, .. SealMark, .. Encoding.ASCII.GetBytes(Sha256Text.Of(before)), .. End];
    }

    /// <summary>The seal of an artifact.</summary>
    public static ArtifactSeal Of(ReadOnlySpan<byte> content)
    {
        var before = content.Length - SealMark.Length - Digits - End.Length;
        var hasTail = before > 0 && content[before..].StartsWith(SealMark) && content.EndsWith(End);
        if (!hasTail)
            return content.IndexOf(FilesMark) < 0 ? None : Broken;
        if (!content.Slice(before + SealMark.Length, Digits).SequenceEqual(Encoding.ASCII.GetBytes(Sha256Text.Of(content[..before]))))
            return Broken;
        try
        {
            return new ArtifactSeal(SealState.Intact, JsonSerializer.Deserialize<Tail>(content, Web)?.Files ?? None.Files);
        }
        catch (JsonException)
        {
            return Broken;
        }
    }

    /// <summary>Whether a file is the one that the seal names; null where it names none of that name.</summary>
    public bool? Proves(string file, ReadOnlySpan<byte> content) =>
        Files.TryGetValue(file, out var sha256) ? string.Equals(sha256, Sha256Text.Of(content), StringComparison.Ordinal) : null;

    private static JsonSerializerOptions Web { get; } = new(JsonSerializerDefaults.Web);

    private sealed record Tail(ImmutableSortedDictionary<string, string>? Files);
}
