namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>
/// A module that NVIDIA's <c>torch_utils.persistence</c> has pickled together with its program's text: its class by name and its state, as data. The text
/// is not looked at.
/// </summary>
/// <param name="className">Its class.</param>
/// <param name="state">Parameters, buffers and modules by name, and attributes.</param>
internal sealed class PickledModule(string className, PickledDictionary state)
{
    public string ClassName { get; } = className;

    public PickledDictionary State { get; } = state;
}
