using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Checkpoints;

/// <summary>A tensor that is a view of stored bytes.</summary>
/// <param name="storage">Where its elements are.</param>
/// <param name="offset">Its first element in the storage.</param>
/// <param name="shape">Sizes, outermost first.</param>
/// <param name="strides">For each size, elements from one index to the next.</param>
internal sealed class StridedTensor(TensorStorage storage, long offset, long[] shape, long[] strides) : StoredTensor
{
    public override IReadOnlyList<long> Shape => shape;

    public override float[] Read(string file, string name)
    {
        var elements = Check(file, name);
        if (elements == 0) return [];
        var bytes = storage.Open();
        var size = storage.Type.Size();
        if (bytes.Length < storage.Elements * size)
        {
            throw SafetensorsHeader.Damaged(
                file, $"is cut short: '{name}' needs {storage.Elements * size} bytes, but its storage has {bytes.Length}");
        }

        var values = new float[elements];
        if (IsContiguous())
        {
            storage.Type.ToSingle(bytes.Span.Slice((int)(offset * size), (int)(elements * size)), values);
            return values;
        }

        var index = new long[shape.Length];
        var place = offset;
        for (var i = 0; i < values.Length; i++)
        {
            storage.Type.ToSingle(bytes.Span.Slice((int)(place * size), size), values.AsSpan(i, 1));
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                place += strides[d];
                if (++index[d] < shape[d]) break;
                place -= strides[d] * shape[d];
                index[d] = 0;
            }
        }

        return values;
    }

    /// <summary>The number of elements, each of which lies in the storage; a view cannot have more, so that a small file cannot ask for much memory.</summary>
    private long Check(string file, string name)
    {
        Int128 elements = 1, last = offset;
        var valid = offset >= 0 && storage.Elements >= 0 && shape.Length == strides.Length;
        for (var d = 0; valid && d < shape.Length; d++)
        {
            valid = shape[d] >= 0 && strides[d] >= 0 && elements <= long.MaxValue && last <= long.MaxValue;
            elements *= shape[d];
            last += (Int128)(shape[d] - 1) * strides[d];
        }

        if (valid && (elements == 0 || (elements <= storage.Elements && last < storage.Elements)) && storage.Elements <= int.MaxValue / storage.Type.Size())
            return (long)elements;
        throw SafetensorsHeader.Damaged(
            file,
            $"gives '{name}' the shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset}, which do not fit its "
            + $"storage of {storage.Elements} elements");
    }

    private bool IsContiguous()
    {
        var expected = 1L;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] != 1 && strides[d] != expected) return false;
            expected *= shape[d];
        }

        return true;
    }
}
