namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>A storage of PyTorch, perhaps of a type of elements that is not read.</summary>
/// <param name="typeName">PyTorch's name of its class, for example <c>FloatStorage</c>.</param>
/// <param name="key">Its name in the file.</param>
/// <param name="elements">Its number of elements as the file claims it.</param>
/// <param name="order">Which byte of an element comes first.</param>
/// <param name="open">Fetches its bytes.</param>
internal sealed class PickledStorage(string typeName, string key, long elements, ByteOrder order, Func<ReadOnlyMemory<byte>> open)
{
    public string TypeName { get; } = typeName;

    public string Key { get; } = key;

    /// <summary>The type of its elements; null where it is none that is read.</summary>
    public ElementType? Type =>
        TypeName switch
        {
            "FloatStorage" => ElementType.Float32,
            "DoubleStorage" => ElementType.Float64,
            "HalfStorage" => ElementType.Float16,
            "BFloat16Storage" => ElementType.BFloat16,
            "LongStorage" => ElementType.Int64,
            "IntStorage" => ElementType.Int32,
            "ShortStorage" => ElementType.Int16,
            "CharStorage" => ElementType.Int8,
            "ByteStorage" or "BoolStorage" => ElementType.UInt8,
            _ => null,
        };

    /// <summary>Bytes an element takes; null where that is not known.</summary>
    public int? Size =>
        Type?.Size()
        ?? TypeName switch
        {
            "UntypedStorage" or "QInt8Storage" or "QUInt8Storage" or "QUInt4x2Storage" or "QUInt2x4Storage" => 1,
            "QInt32Storage" => sizeof(int),
            "ComplexFloatStorage" => 2 * sizeof(float),
            "ComplexDoubleStorage" => 2 * sizeof(double),
            _ => null,
        };

    /// <summary>The first element of the part that is meant.</summary>
    public long First { get; init; }

    /// <summary>How many elements are meant; −1 for all.</summary>
    public long Count { get; init; } = -1;

    /// <summary>The storage as elements of a type: its own one, or any where it is bytes.</summary>
    public TensorStorage As(ElementType type)
    {
        var size = type.Size();
        var all = Type is null ? elements / size : elements;
        return Count < 0 ? new TensorStorage(type, all, order, open) : new TensorStorage(type, Count, order, Part);

        ReadOnlyMemory<byte> Part()
        {
            var bytes = open();
            var first = Math.Min(First, bytes.Length / size);
            return bytes[(int)(first * size)..];
        }
    }
}
