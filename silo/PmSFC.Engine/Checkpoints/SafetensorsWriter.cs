using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace PmSFC.Engine.Checkpoints;

/// <summary>
/// Collects single-precision tensors and text pairs and writes them as a safetensors file. Tensors and pairs are written in ordinal order of their
/// names, so that equal content gives equal bytes.
/// </summary>
public sealed class SafetensorsWriter
{
    private readonly SortedDictionary<string, (long[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Its elements in row-major order; kept, not copied.</param>
    /// <param name="shape">Its sizes, outermost first.</param>
    /// <exception cref="ArgumentException">The number of elements does not fit the shape, or the name is taken.</exception>
    public SafetensorsWriter Add(string name, float[] values, params long[] shape)
    {
        if (shape.Aggregate(1L, (product, size) => product * size) != values.Length)
            throw new ArgumentException(
                $"'{name}' has {values.Length} elements, which do not fit the shape [{string.Join(", ", shape)}].",
                nameof(values)
            );
        _tensors.Add(name, (shape, values));
        return this;
    }

    /// <summary>Adds a text pair.</summary>
    public SafetensorsWriter AddMetadata(string name, string value)
    {
        _metadata.Add(name, value);
        return this;
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToArray()
    {
        var header = Header();
        var file = new byte[sizeof(ulong) + header.Length + _tensors.Values.Sum(tensor => tensor.Values.Length * sizeof(float))];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file.AsSpan(sizeof(ulong)));
        var data = file.AsSpan(sizeof(ulong) + header.Length);
        foreach (var (_, values) in _tensors.Values)
        {
            MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(data);
            data = data[(values.Length * sizeof(float))..];
        }

        return file;
    }

    private ReadOnlySpan<byte> Header()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (name, value) in _metadata)
                json.WriteString(name, value);
            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, (shape, values)) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += values.Length * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The data that follows is aligned to 8 bytes by spaces, which JSON allows after the object.
        buffer.Write("       "u8[..((8 - buffer.WrittenCount % 8) % 8)]);
        return buffer.WrittenSpan;
    }
}
