namespace PmSFC.Engine.Checkpoints;

/// <summary>A tensor that lies in a file until its elements are read: a view of a storage.</summary>
/// <param name="storage">Where its elements are.</param>
/// <param name="offset">Its first element in the storage.</param>
/// <param name="shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="strides">For each size, elements from one index to the next; 0 where all are one element.</param>
internal sealed class StoredTensor(TensorStorage storage, long offset, long[] shape, long[] strides)
{
    /// <summary>The most elements of a tensor that has more than its storage, so that a small file cannot ask for much memory; a 4×4 kernel of 512 by 512.</summary>
    public const long MostRepeated = 1 << 22;

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>The elements of a whole storage in row-major order.</summary>
    public static StoredTensor RowMajor(TensorStorage storage, long[] shape)
    {
        var strides = new long[shape.Length];
        for (long d = shape.Length - 1, step = 1; d >= 0; step = unchecked(step * shape[d--]))
            strides[d] = step;
        return new StoredTensor(storage, 0, shape, strides);
    }

    /// <summary>The elements of a whole storage, in which the first index runs fastest.</summary>
    public static StoredTensor ColumnMajor(TensorStorage storage, long[] shape)
    {
        var strides = new long[shape.Length];
        for (long d = 0, step = 1; d < shape.Length; step = unchecked(step * shape[d++]))
            strides[d] = step;
        return new StoredTensor(storage, 0, shape, strides);
    }

    /// <summary>The elements in row-major order, as single precision.</summary>
    /// <param name="file">What error messages call the file.</param>
    /// <param name="name">What error messages call the tensor.</param>
    /// <exception cref="CheckpointException">The elements are not in the file.</exception>
    public float[] ReadFloats(string file, string name)
    {
        var bytes = Read(file, name, out var elements);
        var values = new float[elements];
        storage.Type.ToSingle(bytes.Span, values);
        return values;
    }

    /// <summary>The elements in row-major order, as double precision.</summary>
    /// <param name="file">What error messages call the file.</param>
    /// <param name="name">What error messages call the tensor.</param>
    /// <exception cref="CheckpointException">The elements are not in the file.</exception>
    public double[] ReadDoubles(string file, string name)
    {
        var bytes = Read(file, name, out var elements);
        var values = new double[elements];
        storage.Type.ToDouble(bytes.Span, values);
        return values;
    }

    private ReadOnlyMemory<byte> Read(string file, string name, out int elements)
    {
        elements = Check(file, name);
        if (elements == 0)
            return ReadOnlyMemory<byte>.Empty;
        var bytes = storage.Open();
        var size = storage.Type.Size();
        if (bytes.Length < storage.Elements * size)
        {
            throw SafetensorsHeader.Damaged(
                file,
                $"is cut short: '{name}' needs {storage.Elements * size} bytes, but its storage has {bytes.Length}; fetch it again"
            );
        }

        var isWhole = IsContiguous();
        if (isWhole && storage.Order == ByteOrder.Little)
            return bytes.Slice((int)(offset * size), elements * size);
        var gathered = isWhole ? bytes.Slice((int)(offset * size), elements * size).ToArray() : Gather(bytes.Span, size, elements);
        if (storage.Order == ByteOrder.Big)
            for (var i = 0; i < gathered.Length; i += size)
                gathered.AsSpan(i, size).Reverse();
        return gathered;
    }

    private byte[] Gather(ReadOnlySpan<byte> bytes, int size, int elements)
    {
        var gathered = new byte[elements * size];
        var index = new long[shape.Length];
        var place = offset;
        for (var i = 0; i < gathered.Length; i += size)
        {
            bytes.Slice((int)(place * size), size).CopyTo(gathered.AsSpan(i));
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                place += strides[d];
                if (++index[d] < shape[d])
                    break;
                place -= strides[d] * shape[d];
                index[d] = 0;
            }
        }

        return gathered;
    }

    /// <summary>The number of elements, each of which lies in the storage.</summary>
    private int Check(string file, string name)
    {
        Int128 elements = 1,
            last = offset;
        var valid = offset >= 0 && storage.Elements >= 0 && shape.Length == strides.Length;
        for (var d = 0; valid && d < shape.Length; d++)
        {
            valid = shape[d] >= 0 && strides[d] >= 0 && elements <= long.MaxValue && last <= long.MaxValue;
            elements *= shape[d];
            last += (Int128)(shape[d] - 1) * strides[d];
        }

        valid = valid && (elements == 0 || last < storage.Elements) && storage.Elements <= int.MaxValue / storage.Type.Size();
        if (valid && elements <= Math.Max(storage.Elements, MostRepeated))
            return (int)elements;
        throw SafetensorsHeader.Damaged(
            file,
            $"gives '{name}' the shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset}, which do not fit its "
                + $"storage of {storage.Elements} elements"
                + (
                    valid
                        ? $" and are more than the {MostRepeated} that are read of elements that repeat; save the tensor with .contiguous()"
                        : ""
                )
        );
    }

    private bool IsContiguous()
    {
        var expected = 1L;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] != 1 && strides[d] != expected)
                return false;
            expected *= shape[d];
        }

        return true;
    }
}
