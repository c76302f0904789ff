namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>The element type of a numpy array.</summary>
/// <param name="code">numpy's code, for example <c>f4</c>.</param>
internal sealed class PickledDtype(string code)
{
    /// <summary>numpy's code.</summary>
    public string Code { get; } = code;

    /// <summary>Which byte of an element comes first.</summary>
    public ByteOrder Order { get; private set; } = code.StartsWith('>') ? ByteOrder.Big : ByteOrder.Little;

    /// <summary>The type, or null where it is none that is read.</summary>
    public ElementType? Type => ElementTypes.OfNumpy(Code.TrimStart('<', '>', '|', '='));

    public void SetState(object? state)
    {
        if (state is PickledSequence { Items: [_, var order, ..] })
            Order = PickledDictionary.Text(order) == ">" ? ByteOrder.Big : ByteOrder.Little;
    }
}
