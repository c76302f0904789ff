namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>Bytes; a string of Python 2, too.</summary>
internal sealed class PickledBytes(ReadOnlyMemory<byte> content)
{
    public ReadOnlyMemory<byte> Content { get; } = content;
}
