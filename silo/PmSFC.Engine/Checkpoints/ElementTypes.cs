using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PmSFC.Engine.Checkpoints;

/// <summary>Sizes of element types and their conversion to single precision.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Int8 or ElementType.UInt8 => 1,
        _ => 2,
    };

    /// <summary>Converts elements to single precision, with rounding where they are wider.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="bytes">As many elements as <paramref name="values"/> has, or more.</param>
    /// <param name="values">Receives them.</param>
    public static void ToSingle(this ElementType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        var size = type.Size();
        if (type == ElementType.Float32 && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(bytes[..(values.Length * size)]).CopyTo(values);
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            var element = bytes.Slice(i * size, size);
            values[i] = type switch
            {
                ElementType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                ElementType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                ElementType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                ElementType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                ElementType.Int8 => (sbyte)element[0],
                _ => element[0],
            };
        }
    }
}
