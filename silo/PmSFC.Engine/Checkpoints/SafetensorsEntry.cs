namespace PmSFC.Engine.Checkpoints;

/// <summary>A tensor's place in a file.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Dtype">Element type by the format's name, for example <c>F32</c>; perhaps one that is not read.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record SafetensorsEntry(string Name, string Dtype, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);
}
