using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PmSFC.Engine.Checkpoints;

/// <summary>Names and sizes of element types, and their conversion to numbers.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int Size(this ElementType type) =>
        type switch
        {
            ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
            ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
            ElementType.Int8 or ElementType.UInt8 => 1,
            _ => 2,
        };

    /// <summary>The type of a safetensors file's name for it; null where it is none that is read.</summary>
    public static ElementType? OfSafetensors(string? name) =>
        name switch
        {
            "F32" => ElementType.Float32,
            "F64" => ElementType.Float64,
            "F16" => ElementType.Float16,
            "BF16" => ElementType.BFloat16,
            "I64" => ElementType.Int64,
            "I32" => ElementType.Int32,
            "I16" => ElementType.Int16,
            "I8" => ElementType.Int8,
            "U64" => ElementType.UInt64,
            "U32" => ElementType.UInt32,
            "U16" => ElementType.UInt16,
            "U8" or "BOOL" => ElementType.UInt8,
            _ => null,
        };

    /// <summary>The type of NumPy's code without its byte order; null where it is none that is read.</summary>
    public static ElementType? OfNumpy(string code) =>
        code switch
        {
            "f4" => ElementType.Float32,
            "f8" => ElementType.Float64,
            "f2" => ElementType.Float16,
            "i8" => ElementType.Int64,
            "i4" => ElementType.Int32,
            "i2" => ElementType.Int16,
            "i1" => ElementType.Int8,
            "u8" => ElementType.UInt64,
            "u4" => ElementType.UInt32,
            "u2" => ElementType.UInt16,
            "u1" or "b1" => ElementType.UInt8,
            _ => null,
        };

    /// <summary>The type of PyTorch's name of a dtype; null where it is none that is read.</summary>
    public static ElementType? OfTorch(string name) =>
        name switch
        {
            "float32" => ElementType.Float32,
            "float64" => ElementType.Float64,
            "float16" => ElementType.Float16,
            "bfloat16" => ElementType.BFloat16,
            "int64" => ElementType.Int64,
            "int32" => ElementType.Int32,
            "int16" => ElementType.Int16,
            "int8" => ElementType.Int8,
            "uint64" => ElementType.UInt64,
            "uint32" => ElementType.UInt32,
            "uint16" => ElementType.UInt16,
            "uint8" or "bool" => ElementType.UInt8,
            _ => null,
        };

    /// <summary>Converts little-endian elements to single precision, with rounding where they are wider.</summary>
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
            values[i] = (float)type.ToDouble(bytes.Slice(i * size, size));
    }

    /// <summary>Converts little-endian elements to double precision; integers beyond 2⁵³ are rounded.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="bytes">As many elements as <paramref name="values"/> has, or more.</param>
    /// <param name="values">Receives them.</param>
    public static void ToDouble(this ElementType type, ReadOnlySpan<byte> bytes, Span<double> values)
    {
        var size = type.Size();
        for (var i = 0; i < values.Length; i++)
            values[i] = type.ToDouble(bytes.Slice(i * size, size));
    }

    private static double ToDouble(this ElementType type, ReadOnlySpan<byte> element) =>
        type switch
        {
            ElementType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(element),
            ElementType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(element),
            ElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
            ElementType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
            ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
            ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
            ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
            ElementType.Int8 => (sbyte)element[0],
            ElementType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
            ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
            ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
            _ => element[0],
        };
}
