using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Engine.Checkpoints;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>
/// The engine's state of one job between two iterations, and what the silo knows of the job. As bytes: a mark, the SHA-256 of all that
/// follows, the header's length and the header as JSON, then the engine's state; so that damage is seen before anything is restored.
/// </summary>
internal sealed record JobCheckpoint
{
    private const int HashAt = 8,
        LengthAt = HashAt + SHA256.HashSizeInBytes,
        HeaderAt = LengthAt + sizeof(int);

    /// <summary>The last digit of the mark: 2 for a search that has diverged, which a version that knows format 1 alone would go on with at full step size.</summary>
    private const int PlainFormat = 1,
        DivergedFormat = 2;

    private static ReadOnlySpan<byte> Mark => "PMSFCKP"u8;

    /// <summary>Iterations done.</summary>
    public required int Iteration { get; init; }

    /// <summary>The losses recorded so far.</summary>
    public required ImmutableArray<LossPoint> Losses { get; init; }

    /// <summary>The job's share of device time so far, in seconds.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>Images in the run that the job was part of, repeated ones included; 0 where an older version did not write it down.</summary>
    public int Width { get; init; }

    /// <summary>How the search diverged and went on with a smaller step size, or null.</summary>
    public JobDivergence? Divergence { get; init; }

    /// <summary>What the engine needs to go on.</summary>
    public required ReadOnlyMemory<byte> State { get; init; }

    /// <summary>The checkpoint as bytes.</summary>
    public byte[] Encode()
    {
        var header = ArtifactJson.Write(new Header(Iteration, Losses, DeviceSeconds, Width, Divergence));
        var content = new byte[HeaderAt + header.Length + State.Length];
        Mark.CopyTo(content);
        content[Mark.Length] = (byte)('0' + (Divergence is null ? PlainFormat : DivergedFormat));
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(LengthAt), header.Length);
        header.CopyTo(content, HeaderAt);
        State.Span.CopyTo(content.AsSpan(HeaderAt + header.Length));
        SHA256.HashData(content.AsSpan(LengthAt), content.AsSpan(HashAt));
        return content;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="CheckpointException">The content is damaged.</exception>
    /// <exception cref="StoreException">It is of a later format, which is no damage: the version that wrote it goes on from it.</exception>
    public static JobCheckpoint Decode(ReadOnlyMemory<byte> content, string name)
    {
        var bytes = content.Span;
        var format =
            bytes.Length > Mark.Length && bytes.StartsWith(Mark) && char.IsAsciiDigit((char)bytes[Mark.Length])
                ? bytes[Mark.Length] - '0'
                : 0;
        if (format > DivergedFormat)
            throw ArtifactFormat.Newer(name, format, DivergedFormat);
        if (bytes.Length < HeaderAt || format < PlainFormat)
            throw new CheckpointException($"{name} is not a checkpoint of this product.");
        if (!SHA256.HashData(bytes[LengthAt..]).AsSpan().SequenceEqual(bytes[HashAt..LengthAt]))
            throw new CheckpointException($"{name} is damaged: its hash does not fit its content.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        try
        {
            var header = ArtifactJson.Read<Header>(bytes.Slice(HeaderAt, length));
            return new JobCheckpoint
            {
                Iteration = header.Iteration,
                Losses = header.Losses,
                DeviceSeconds = header.DeviceSeconds,
                Width = header.Width,
                Divergence = header.Divergence,
                State = content[(HeaderAt + length)..],
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentOutOfRangeException)
        {
            throw new CheckpointException($"{name} is of another version of this product.", e);
        }
    }

    private sealed record Header(
        int Iteration,
        ImmutableArray<LossPoint> Losses,
        double DeviceSeconds,
        int Width = 0,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JobDivergence? Divergence = null
    );
}
