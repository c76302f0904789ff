using System.Buffers.Binary;
using System.Text.Json;

namespace PmSFC.Engine.Safetensors;

/// <summary>
/// The header of a safetensors file: names, types, shapes and places of its tensors, without their data. Every offset in it has been checked
/// against the file's length; the tensors follow each other without gap or overlap, as the format demands.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>The longest header that is accepted, bytes (the format's own limit).</summary>
    public const int MaximumLength = 100_000_000;

    private const int LengthPrefix = sizeof(ulong);

    private SafetensorsHeader(
        string fileName,
        int dataOffset,
        IReadOnlyDictionary<string, SafetensorsEntry> entries,
        IReadOnlyDictionary<string, string> metadata)
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
            throw Damaged(fileName, $"claims a header of {length} bytes but has {fileLength} bytes in all; it is cut short or not a safetensors file");

        var dataOffset = LengthPrefix + (int)length;
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(
                content[LengthPrefix..dataOffset],
                new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    foreach (var pair in property.Value.EnumerateObject()) metadata.Add(pair.Name, pair.Value.GetString() ?? "");
                }
                else
                {
                    entries.Add(property.Name, ReadEntry(property, fileName));
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException($"{fileName} has a header that is not valid safetensors JSON; fetch the file again.", exception);
        }

        CheckPlaces(entries.Values, fileLength - dataOffset, fileName);
        return new SafetensorsHeader(fileName, dataOffset, entries, metadata);
    }

    /// <summary>The entry of a tensor.</summary>
    /// <exception cref="CheckpointException">The file has no such tensor.</exception>
    public SafetensorsEntry Entry(string name) => Entries.TryGetValue(name, out var entry)
        ? entry
        : throw Damaged(FileName, $"lacks the tensor '{name}'");

    internal static CheckpointException Damaged(string fileName, string what) => new($"{fileName} {what}.");

    internal static int SizeOf(SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 => 8,
        SafetensorsDtype.F32 => 4,
        _ => 2,
    };

    private static SafetensorsEntry ReadEntry(JsonProperty property, string fileName)
    {
        var dtypeName = property.Value.GetProperty("dtype").GetString();
        if (!Enum.TryParse<SafetensorsDtype>(dtypeName, out var dtype) || dtype.ToString() != dtypeName)
            throw Damaged(fileName, $"holds '{property.Name}' as {dtypeName}, but only {string.Join(", ", Enum.GetNames<SafetensorsDtype>())} are read");
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets is not [var begin, var end] || begin < 0 || end < begin || !Fits(shape, SizeOf(dtype), end - begin))
            throw Damaged(fileName, $"gives '{property.Name}' the shape [{string.Join(", ", shape)}] and the bytes {string.Join("..", offsets)}, which do not match");
        return new SafetensorsEntry(property.Name, dtype, shape, begin, end);
    }

    private static bool Fits(long[] shape, int elementSize, long bytes)
    {
        if (shape.Any(size => size < 0)) return false;
        var product = shape.Aggregate((Int128)elementSize, (total, size) => total > long.MaxValue ? total : total * size);
        return product == bytes;
    }

    private static void CheckPlaces(IEnumerable<SafetensorsEntry> entries, long dataLength, string fileName)
    {
        var expected = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin < expected) throw Damaged(fileName, $"has overlapping tensors: '{entry.Name}' begins inside the one before it");
            if (entry.Begin > expected) throw Damaged(fileName, $"has a gap of {entry.Begin - expected} bytes before '{entry.Name}'");
            if (entry.End > dataLength)
                throw Damaged(fileName, $"is cut short: '{entry.Name}' ends at byte {entry.End} of {dataLength} bytes of data");
            expected = entry.End;
        }

        if (expected != dataLength) throw Damaged(fileName, $"has {dataLength - expected} bytes that belong to no tensor");
    }
}
