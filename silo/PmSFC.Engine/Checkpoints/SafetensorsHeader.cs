using System.Buffers.Binary;
using System.Text.Json;

namespace PmSFC.Engine.Checkpoints;

/// <summary>
/// The header of a safetensors file: names, types, shapes and places of its tensors, without their data. Every offset in it has been checked
/// against the file's length; the tensors follow each other without gap or overlap, as the format demands. A tensor of a type that is not read does no
/// harm until it is asked for.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>The longest header that is accepted, bytes (the format's own limit).</summary>
    public const int MaximumLength = 100_000_000;

    private const int LengthPrefix = sizeof(ulong),
        MostTensors = 100_000;

    private SafetensorsHeader(
        string fileName,
        int dataOffset,
        IReadOnlyDictionary<string, SafetensorsEntry> entries,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        FileName = fileName;
        DataOffset = dataOffset;
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>The name that error messages give to the file.</summary>
    public string FileName { get; }

    /// <summary>Where the tensors' data begins in the file, bytes.</summary>
    public int DataOffset { get; }

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The file's own text pairs; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads and checks a header; allocates no more than the header itself takes.</summary>
    /// <param name="content">The file from its first byte on, at least to the end of the header.</param>
    /// <param name="fileLength">Length of the whole file, bytes.</param>
    /// <param name="fileName">For error messages.</param>
    /// <exception cref="CheckpointException">The header is damaged or does not fit the file.</exception>
    public static SafetensorsHeader Read(ReadOnlyMemory<byte> content, long fileLength, string fileName)
    {
        if (content.Length < LengthPrefix)
            throw Damaged(fileName, $"has {content.Length} bytes, too few for a safetensors file; fetch it again");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(content.Span);
        if (length > MaximumLength || (long)length > fileLength - LengthPrefix || (long)length > content.Length - LengthPrefix)
            throw Damaged(
                fileName,
                $"claims a header of {length} bytes but has {fileLength} bytes in all; it is cut short or not a safetensors file, fetch it again"
            );

        var dataOffset = LengthPrefix + (int)length;
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(
                content[LengthPrefix..dataOffset],
                new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false }
            );
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    foreach (var pair in property.Value.EnumerateObject())
                        metadata.Add(pair.Name, pair.Value.GetString() ?? "");
                }
                else
                {
                    entries.Add(property.Name, ReadEntry(property, fileName));
                    if (entries.Count > MostTensors)
                        throw Damaged(fileName, $"has more than {MostTensors} tensors");
                }
            }
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException($"{fileName} has a header that is not valid safetensors JSON; fetch the file again.", exception);
        }

        CheckPlaces(entries.Values, fileLength - dataOffset, fileLength, fileName);
        return new SafetensorsHeader(fileName, dataOffset, entries, metadata);
    }

    /// <summary>The entry of a tensor.</summary>
    /// <exception cref="CheckpointException">The file has no such tensor.</exception>
    public SafetensorsEntry Entry(string name) =>
        Entries.TryGetValue(name, out var entry) ? entry : throw Damaged(FileName, $"lacks the tensor '{name}'");

    internal static CheckpointException Damaged(string fileName, string what) => new($"{fileName} {what}.");

    private static SafetensorsEntry ReadEntry(JsonProperty property, string fileName)
    {
        var dtype = property.Value.GetProperty("dtype").GetString() ?? "";
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (
            offsets is not [var begin, var end]
            || begin < 0
            || end < begin
            || !Fits(shape, ElementTypes.OfSafetensors(dtype)?.Size(), end - begin)
        )
            throw Damaged(
                fileName,
                $"gives '{property.Name}' the shape [{string.Join(", ", shape)}] and the bytes {string.Join("..", offsets)}, which do not match"
            );
        return new SafetensorsEntry(property.Name, dtype, shape, begin, end);
    }

    /// <summary>Whether a tensor takes its bytes; of a type that is not read it is not known how many an element takes.</summary>
    private static bool Fits(long[] shape, int? elementSize, long bytes)
    {
        if (shape.Any(size => size < 0))
            return false;
        return elementSize is not { } one
            || shape.Aggregate((Int128)one, (total, size) => total > long.MaxValue ? total : total * size) == bytes;
    }

    private static void CheckPlaces(IEnumerable<SafetensorsEntry> entries, long dataLength, long fileLength, string fileName)
    {
        var expected = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin < expected)
                throw Damaged(fileName, $"has overlapping tensors: '{entry.Name}' begins inside the one before it");
            if (entry.Begin > expected)
                throw Damaged(fileName, $"has a gap of {entry.Begin - expected} bytes before '{entry.Name}'");
            expected = entry.End;
        }

        if (expected > dataLength)
        {
            throw Damaged(
                fileName,
                $"is cut short: it has {fileLength} bytes of the {fileLength - dataLength + expected} that its header tells of; fetch it again"
            );
        }

        if (expected != dataLength)
            throw Damaged(fileName, $"has {dataLength - expected} bytes that belong to no tensor");
    }
}
