namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>A numpy array, which pickles make empty first and fill afterwards.</summary>
internal sealed class PickledArray
{
    private object? _shape,
        _dtype,
        _order,
        _data;

    /// <summary>What to say where its value is needed and it holds no numbers that are read.</summary>
    public UnreadItem Unread =>
        _dtype is PickledDtype { Type: null } dtype
            ? new UnreadItem(UnreadKind.ElementType, $"NumPy's type {dtype.Code}")
            : new UnreadItem(UnreadKind.Object, "numpy.ndarray");

    /// <summary>Takes what an array is filled with: version, shape, type, whether the first index is the innermost, bytes.</summary>
    public void SetState(object? state)
    {
        if (state is PickledSequence { Items: [_, var shape, var dtype, var isFortran, var data] })
            Set(shape, dtype, isFortran, data);
    }

    public PickledArray Set(object? shape, object? dtype, object? order, object? data)
    {
        (_shape, _dtype, _order, _data) = (shape, dtype, order, data);
        return this;
    }

    /// <summary>The array as a tensor; null where it holds no numbers that are read.</summary>
    public StoredTensor? ToTensor()
    {
        if (
            PickleCalls.Sizes(_shape) is not { } shape
            || _dtype is not PickledDtype { Type: { } type } dtype
            || _data is not PickledBytes data
        )
            return null;
        var storage = new TensorStorage(type, data.Content.Length / type.Size(), dtype.Order, () => data.Content);
        return _order is true || PickledDictionary.Text(_order) == "F"
            ? StoredTensor.ColumnMajor(storage, shape)
            : StoredTensor.RowMajor(storage, shape);
    }
}
