using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>The records of a zip archive in memory. What it claims is bounded before anything is unpacked.</summary>
internal sealed class CheckpointArchive
{
    private const int MostRecords = 100_000;
    private const long MostBytesOfRecord = 64L << 20,
        MostBytes = 256L << 20;

    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _file;
    private (string Name, ReadOnlyMemory<byte> Bytes)? _last;

    private CheckpointArchive(string file) => _file = file;

    /// <summary>Their names.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Whether a file begins as a zip archive does.</summary>
    public static bool Is(ReadOnlySpan<byte> content) => content.StartsWith("PK\x03\x04"u8) || content.StartsWith("PK\x05\x06"u8);

    /// <summary>Lists the records.</summary>
    /// <exception cref="CheckpointException">The archive is damaged or claims to unpack to far more than it is.</exception>
    public static CheckpointArchive Open(ReadOnlyMemory<byte> content, string file)
    {
        if (content.Span.Count("PK\x01\x02"u8) > MostRecords)
            throw SafetensorsHeader.Damaged(file, $"is an archive of more than {MostRecords} records");
        if (content.Span.LastIndexOf("PK\x05\x06"u8) < 0)
        {
            throw SafetensorsHeader.Damaged(
                file,
                $"is a damaged zip archive: the list of its records, which is at the end of one, is not in its {content.Length} bytes, so it is cut short; fetch it again"
            );
        }

        var archive = new CheckpointArchive(file);
        archive.Guard(() => archive.List(content));
        return archive;
    }

    /// <summary>Whether there is a record.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Bytes of a record as the archive claims them.</summary>
    public long Length(string name) => _entries[name].Length;

    /// <summary>A record, checked against its checksum; empty where there is none.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public ReadOnlyMemory<byte> Read(string name)
    {
        if (_last is { } last && last.Name == name)
            return last.Bytes;
        if (!_entries.TryGetValue(name, out var entry))
            return ReadOnlyMemory<byte>.Empty;
        var bytes = Guard(() =>
        {
            var record = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(record);
            return Crc32.HashToUInt32(record) == entry.Crc32
                ? record
                : throw SafetensorsHeader.Damaged(
                    _file,
                    $"is damaged: its record '{name}' has not the checksum that was stored (torch.save stores it unless told not to)"
                );
        });
        _last = (name, bytes);
        return bytes;
    }

    /// <summary>The beginning of a record, unchecked.</summary>
    /// <exception cref="CheckpointException">It cannot be unpacked.</exception>
    public byte[] Begin(string name, int bytes) =>
        Guard(() =>
        {
            var beginning = new byte[Math.Min(bytes, _entries[name].Length)];
            using var stream = _entries[name].Open();
            return beginning[..stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false)];
        });

    private bool List(ReadOnlyMemory<byte> content)
    {
        var bytes = MemoryMarshal.TryGetArray(content, out var segment) ? segment : new ArraySegment<byte>(content.ToArray());
        var zip = new ZipArchive(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false), ZipArchiveMode.Read);
        var claimed = 0L;
        foreach (var entry in zip.Entries)
        {
            // Some packers of Windows put backslashes between folders.
            if (!_entries.TryAdd(entry.FullName.Replace('\\', '/'), entry))
                throw SafetensorsHeader.Damaged(_file, $"has two records named '{entry.FullName}'");
            if (entry.Length > Math.Max(content.Length, MostBytesOfRecord))
                throw SafetensorsHeader.Damaged(
                    _file,
                    $"claims {entry.Length} bytes for its record '{entry.FullName}', but has {content.Length} in all"
                );
            claimed += entry.Length;
        }

        return claimed <= 4 * (long)content.Length + MostBytes
            ? true
            : throw SafetensorsHeader.Damaged(
                _file,
                $"claims to unpack to {claimed} bytes, but has {content.Length} in all; no weights are packed so well"
            );
    }

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new CheckpointException($"{_file} is a damaged zip archive ({e.Message.TrimEnd('.')}); fetch it again.", e);
        }
    }
}
