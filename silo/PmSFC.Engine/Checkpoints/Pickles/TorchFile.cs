using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>PyTorch's two file formats, and plain pickles, as the one value that each of them holds.</summary>
internal static class TorchFile
{
    private const string Pickle = "data.pkl";

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", CultureInfo.InvariantCulture);

    /// <summary>The folders of an archive that <c>torch.save</c> wrote, each with its slash: one as it writes them, none or many where they were packed again.</summary>
    public static IReadOnlyList<string> Folders(CheckpointArchive archive) =>
        [
            .. archive
                .Names.Where(name =>
                    !name.StartsWith("__MACOSX/", StringComparison.Ordinal)
                    && (name == Pickle || name.EndsWith($"/{Pickle}", StringComparison.Ordinal))
                )
                .Select(name => name[..^Pickle.Length])
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The pickled value of a folder of an archive that <c>torch.save</c> wrote: a pickle and a record for each storage.</summary>
    /// <exception cref="CheckpointException">The archive is damaged or another program's.</exception>
    public static object? ReadFolder(CheckpointArchive archive, string folder, string file)
    {
        if (archive.Contains($"{folder}constants.pkl"))
        {
            throw SafetensorsHeader.Damaged(
                file,
                "is a TorchScript program; save the model's state_dict() instead: torch.save(torch.jit.load(FILE).state_dict(), OTHER)"
            );
        }

        var order = archive.Read($"{folder}byteorder").Span.SequenceEqual("big"u8) ? ByteOrder.Big : ByteOrder.Little;
        var position = 0;
        return PickleReader.Read(archive.Read($"{folder}{Pickle}"), ref position, file, id =>
            Storage(PickleCalls.Storage(id, order, key => archive.Read($"{folder}data/{key}")), id)
        );
    }

    /// <summary>Whether a file begins as PyTorch's row of pickles and storages does.</summary>
    public static bool IsLegacy(ReadOnlySpan<byte> content) =>
        content.Length > 14
        && content[2..].StartsWith((ReadOnlySpan<byte>)[0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);

    /// <summary>The storage that a plain pickle of a tensor has inside it, as a whole file of PyTorch's row of pickles; null where the bytes are none.</summary>
    public static PickledStorage? ReadStorage(ReadOnlyMemory<byte> content)
    {
        // A file inside a file inside a file is nobody's, and could go on for as long as the stack has room.
        if (!IsLegacy(content.Span) || content.Span.IndexOf("_load_from_bytes"u8) >= 0)
            return null;
        try
        {
            return ReadPickle(content, "a storage") as PickledStorage;
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    /// <summary>The pickled value of a file that is a row of pickles and then of storages, or one pickle alone.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static object? ReadPickle(ReadOnlyMemory<byte> content, string file)
    {
        var position = 0;
        var first = PickleReader.Read(content, ref position, file);
        if (first is not BigInteger magic || magic != Magic)
            return first;

        // The protocol's version and a dictionary of the machine's sizes. Storages are little-endian whatever machine wrote them.
        PickleReader.Read(content, ref position, file);
        PickleReader.Read(content, ref position, file);
        var places = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        var value = PickleReader.Read(content, ref position, file, id =>
        {
            var storage = PickleCalls.Storage(id, ByteOrder.Little, key => places.GetValueOrDefault(key));
            if (storage is { Size: { } size })
                sizes[storage.Key] = size;
            return Storage(storage, id);
        });
        if (PickleReader.Read(content, ref position, file) is not PickledSequence keys)
            throw SafetensorsHeader.Damaged(file, "has no list of storages");
        foreach (var item in keys.Items)
        {
            if (PickledDictionary.Text(item) is not { } key || !sizes.TryGetValue(key, out var size))
                throw SafetensorsHeader.Damaged(file, "lists a storage that no tensor of a known type uses");
            if (content.Length - position < sizeof(long))
                throw SafetensorsHeader.Damaged(file, $"is cut short before its storage '{key}'; fetch it again");
            var elements = BinaryPrimitives.ReadInt64LittleEndian(content.Span[position..]);
            position += sizeof(long);
            if (elements < 0 || elements > (content.Length - position) / size)
            {
                throw SafetensorsHeader.Damaged(
                    file,
                    $"is cut short: its storage '{key}' claims {elements} elements of {size} bytes, so that it needs {(Int128)elements * size + position} bytes "
                        + $"at least, but it has {content.Length}; fetch it again"
                );
            }

            places[key] = content.Slice(position, (int)elements * size);
            position += (int)elements * size;
        }

        return value;
    }

    private static object Storage(PickledStorage? storage, object? id) =>
        (object?)storage
        ?? new RefusedObject(id is PickledSequence { Items: [_, PickledGlobal type, ..] } ? type : new PickledGlobal("persistent", "id"));
}
