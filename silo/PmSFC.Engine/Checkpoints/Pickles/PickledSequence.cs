namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>A list, a tuple or a set. It may contain itself.</summary>
internal sealed class PickledSequence(List<object?> items)
{
    public List<object?> Items { get; } = items;
}
