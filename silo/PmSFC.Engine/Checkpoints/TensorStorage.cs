namespace PmSFC.Engine.Checkpoints;

/// <summary>Elements of one type in a row, which tensors are views of.</summary>
/// <param name="type">Their type.</param>
/// <param name="elements">Their number as the file claims it.</param>
/// <param name="order">Which byte of an element comes first.</param>
/// <param name="open">Fetches the bytes, perhaps fewer than claimed.</param>
internal sealed class TensorStorage(ElementType type, long elements, ByteOrder order, Func<ReadOnlyMemory<byte>> open)
{
    public ElementType Type { get; } = type;

    public long Elements { get; } = elements;

    public ByteOrder Order { get; } = order;

    public ReadOnlyMemory<byte> Open() => open();
}

/// <summary>Which byte of a number comes first in a file.</summary>
internal enum ByteOrder
{
    /// <summary>The lowest.</summary>
    Little,

    /// <summary>The highest.</summary>
    Big,
}
