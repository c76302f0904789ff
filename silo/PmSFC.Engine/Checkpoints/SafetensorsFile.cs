namespace PmSFC.Engine.Checkpoints;

/// <summary>A safetensors file in memory. Nothing in such a file is executed.</summary>
/// <param name="header">The checked header.</param>
/// <param name="content">The whole file.</param>
public sealed class SafetensorsFile(SafetensorsHeader header, ReadOnlyMemory<byte> content)
{
    /// <summary>Names, shapes and metadata.</summary>
    public SafetensorsHeader Header { get; } = header;

    /// <summary>Reads a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> content, string name) =>
        new(SafetensorsHeader.Read(content, content.Length, name), content);

    /// <summary>A tensor's elements in row-major order, as single precision.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="CheckpointException">The tensor is missing, has another shape, or holds a value that is not finite.</exception>
    public float[] ReadFloats(string name, params ReadOnlySpan<long> shape)
    {
        var entry = Header.Entry(name);
        if (!shape.SequenceEqual(entry.Shape.ToArray()))
        {
            throw SafetensorsHeader.Damaged(
                Header.FileName,
                $"holds '{name}' with shape [{string.Join(", ", entry.Shape)}], but [{string.Join(", ", shape.ToArray())}] is needed"
            );
        }

        var type = ElementTypes.OfSafetensors(entry.Dtype)
            ?? throw SafetensorsHeader.Damaged(
                Header.FileName,
                $"holds '{name}' as {entry.Dtype}, which is not read; convert it to float32 and save it again"
            );
        var values = new float[entry.Elements];
        type.ToSingle(Bytes(entry).Span, values);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0
            ? values
            : throw SafetensorsHeader.Damaged(
                Header.FileName,
                $"holds {values[bad]} in '{name}' at element {bad}; weights must be finite numbers"
            );
    }

    /// <summary>A tensor's bytes.</summary>
    internal ReadOnlyMemory<byte> Bytes(SafetensorsEntry entry) =>
        content[(Header.DataOffset + (int)entry.Begin)..(Header.DataOffset + (int)entry.End)];
}
