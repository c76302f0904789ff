namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>The element type of a numpy array.</summary>
/// <param name="code">numpy's code, for example <c>f4</c>.</param>
internal sealed class PickledDtype(string code)
{
    private bool _isBigEndian = code.StartsWith('>');

    /// <summary>The type, or null where it is none that is read.</summary>
    public ElementType? Type => _isBigEndian ? null : code.TrimStart('<', '|', '=') switch
    {
        "f4" => ElementType.Float32,
        "f8" => ElementType.Float64,
        "f2" => ElementType.Float16,
        "i8" => ElementType.Int64,
        "i4" => ElementType.Int32,
        "i2" => ElementType.Int16,
        "i1" => ElementType.Int8,
        "u1" or "b1" => ElementType.UInt8,
        _ => null,
    };

    public void SetState(object? state) =>
        _isBigEndian = state is PickledSequence { Items: [_, var order, ..] } && PickledDictionary.Text(order) == ">";
}
