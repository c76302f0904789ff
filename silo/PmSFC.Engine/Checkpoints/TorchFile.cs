using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using PmSFC.Engine.Checkpoints.Pickles;
using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Checkpoints;

/// <summary>PyTorch's two file formats, and plain pickles, as the one value that each of them holds.</summary>
internal static partial class TorchFile
{
    private const int MostRecords = 100_000;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", Invariant);

    /// <summary>Whether a file begins as a zip archive does.</summary>
    public static bool IsZip(ReadOnlySpan<byte> content) => content.StartsWith("PK\x03\x04"u8);

    /// <summary>The pickled value of an archive that <c>torch.save</c> wrote: a pickle and a record for each storage.</summary>
    /// <exception cref="CheckpointException">The archive is damaged or another program's.</exception>
    public static object? ReadZip(ReadOnlyMemory<byte> content, string file)
    {
        if (content.Span.Count("PK\x01\x02"u8) > MostRecords) throw SafetensorsHeader.Damaged(file, $"is an archive of more than {MostRecords} records");
        var records = Guard(file, () => Records(content, file));
        if (records.Keys.SingleOrDefault(name => name.EndsWith("/data.pkl", StringComparison.Ordinal)) is not { } pickle)
        {
            throw SafetensorsHeader.Damaged(file, records.Keys.Any(name => name.EndsWith(".npy", StringComparison.Ordinal))
                ? $"is a NumPy archive (.npz), and no PGGAN is kept in one{Beginning(records.Keys)}"
                : "is an archive without a 'data.pkl', so torch.save did not write it");
        }

        var folder = pickle[..^"data.pkl".Length];
        if (records.ContainsKey($"{folder}constants.pkl"))
            throw SafetensorsHeader.Damaged(file, "is a TorchScript program; save the model's state_dict() with torch.save instead");
        if (records.TryGetValue($"{folder}byteorder", out var order) && Record(order, file).Span.SequenceEqual("big"u8))
            throw SafetensorsHeader.Damaged(file, "was written on a big-endian machine; save it again on a little-endian one");
        var position = 0;
        return PickleReader.Read(Record(records[pickle], file), ref position, file, id => Storage(id, Fetch));

        ReadOnlyMemory<byte> Fetch(string key) =>
            records.TryGetValue($"{folder}data/{key}", out var entry) ? Record(entry, file) : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>The pickled value of a file that is a row of pickles and then of storages, or one pickle alone.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static object? ReadPickle(ReadOnlyMemory<byte> content, string file)
    {
        var position = 0;
        var first = PickleReader.Read(content, ref position, file);
        if (first is not BigInteger magic || magic != Magic) return first;

        PickleReader.Read(content, ref position, file);
        if (PickleReader.Read(content, ref position, file) is PickledDictionary system && system.Get("little_endian") is false)
            throw SafetensorsHeader.Damaged(file, "was written on a big-endian machine; save it again on a little-endian one");
        var places = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        var value = PickleReader.Read(content, ref position, file, id =>
        {
            var storage = Storage(id, key => places.GetValueOrDefault(key));
            if (storage is TensorStorage known && id is PickledSequence { Items: [_, _, var key, ..] })
                sizes[PickledDictionary.Text(key)!] = known.Type.Size();
            return storage;
        });
        if (PickleReader.Read(content, ref position, file) is not PickledSequence keys) throw SafetensorsHeader.Damaged(file, "has no list of storages");
        foreach (var item in keys.Items)
        {
            if (PickledDictionary.Text(item) is not { } key || !sizes.TryGetValue(key, out var size))
                throw SafetensorsHeader.Damaged(file, "lists a storage that no tensor of a known type uses");
            if (content.Length - position < sizeof(long)) throw SafetensorsHeader.Damaged(file, $"is cut short before its storage '{key}'");
            var elements = BinaryPrimitives.ReadInt64LittleEndian(content.Span[position..]);
            position += sizeof(long);
            if (elements < 0 || elements > (content.Length - position) / size)
                throw SafetensorsHeader.Damaged(file, $"is cut short: its storage '{key}' claims {elements} elements of {size} bytes");
            places[key] = content.Slice(position, (int)elements * size);
            position += (int)elements * size;
        }

        return value;
    }

    private static string Beginning(IEnumerable<string> names)
    {
        var sides = names.Select(name => Side().Match(name)).Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, Invariant)).ToList();
        return sides.Count > 0 && sides.Min() > 4 ? $"; its layers' names begin at {sides.Min()}×{sides.Min()}, so the lower half of a generator is missing" : "";
    }

    [GeneratedRegex(@"(?<![0-9])([0-9]{1,4})x\1(?![0-9])")]
    private static partial Regex Side();

    private static object Storage(object? id, Func<string, ReadOnlyMemory<byte>> open) =>
        (object?)PickleCalls.Storage(id, open)
        ?? new RefusedObject(id is PickledSequence { Items: [_, PickledGlobal type, ..] } ? type : new PickledGlobal("persistent", "id"));

    private static Dictionary<string, ZipArchiveEntry> Records(ReadOnlyMemory<byte> content, string file)
    {
        var bytes = MemoryMarshal.TryGetArray(content, out var segment) ? segment : new ArraySegment<byte>(content.ToArray());
        var archive = new ZipArchive(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false), ZipArchiveMode.Read);
        var records = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            if (!records.TryAdd(entry.FullName, entry)) throw SafetensorsHeader.Damaged(file, $"has two records named '{entry.FullName}'");
            if (entry.Length > content.Length)
                throw SafetensorsHeader.Damaged(file, $"claims {entry.Length} bytes for its record '{entry.FullName}', but has {content.Length} in all");
        }

        return records;
    }

    private static ReadOnlyMemory<byte> Record(ZipArchiveEntry entry, string file) => Guard(file, () =>
    {
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return Crc32.HashToUInt32(bytes) == entry.Crc32
            ? (ReadOnlyMemory<byte>)bytes
            : throw SafetensorsHeader.Damaged(
                file, $"is damaged: its record '{entry.FullName}' has not the checksum that was stored (torch.save stores it unless told not to)");
    });

    private static T Guard<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new CheckpointException($"{file} is a damaged zip archive ({e.Message.TrimEnd('.')}); fetch it again.", e);
        }
    }
}
