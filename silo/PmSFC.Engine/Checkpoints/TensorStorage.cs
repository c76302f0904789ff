namespace PmSFC.Engine.Checkpoints;

/// <summary>Elements of one type in a row, which tensors are views of.</summary>
/// <param name="type">Their type.</param>
/// <param name="elements">Their number as the file claims it.</param>
/// <param name="open">Fetches the bytes, perhaps fewer than claimed.</param>
internal sealed class TensorStorage(ElementType type, long elements, Func<ReadOnlyMemory<byte>> open)
{
    public ElementType Type { get; } = type;

    public long Elements { get; } = elements;

    public ReadOnlyMemory<byte> Open() => open();
}
