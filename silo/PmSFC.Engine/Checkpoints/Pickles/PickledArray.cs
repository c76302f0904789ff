namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>A numpy array, which pickles make empty first and fill afterwards.</summary>
internal sealed class PickledArray
{
    private object? _shape, _dtype, _order, _data;

    /// <summary>Takes what an array is filled with: version, shape, type, whether the first index is the innermost, bytes.</summary>
    public void SetState(object? state)
    {
        if (state is PickledSequence { Items: [_, var shape, var dtype, var isFortran, var data] }) Set(shape, dtype, isFortran, data);
    }

    public PickledArray Set(object? shape, object? dtype, object? order, object? data)
    {
        (_shape, _dtype, _order, _data) = (shape, dtype, order, data);
        return this;
    }

    /// <summary>The array as a tensor; null where it holds no numbers that are read.</summary>
    public StoredTensor? ToTensor()
    {
        if (PickleCalls.Sizes(_shape) is not { } shape || _dtype is not PickledDtype { Type: { } type } || _data is not PickledBytes data) return null;
        var strides = new long[shape.Length];
        var isFortran = _order is true || PickledDictionary.Text(_order) == "F";
        var step = 1L;
        for (var i = 0; i < shape.Length; i++)
        {
            var d = isFortran ? i : shape.Length - 1 - i;
            strides[d] = step;
            step = unchecked(step * shape[d]);
        }

        return new StridedTensor(new TensorStorage(type, data.Content.Length / type.Size(), () => data.Content), 0, shape, strides);
    }
}
