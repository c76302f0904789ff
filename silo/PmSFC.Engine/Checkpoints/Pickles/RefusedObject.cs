namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>What a global that is not known would have made. Nothing was made; it is an error only where its value is needed.</summary>
internal sealed class RefusedObject(PickledGlobal global, UnreadKind kind = UnreadKind.Object)
{
    public PickledGlobal Global { get; } = global;

    /// <summary>What the object would have been filled with; data that was read like any other.</summary>
    public object? State { get; set; }

    /// <summary>What it is; a module of PyTorch shows by its state alone.</summary>
    public UnreadKind Kind =>
        State is PickledDictionary state && state.Contains("_modules") && state.Contains("_parameters") ? UnreadKind.Module : kind;
}
