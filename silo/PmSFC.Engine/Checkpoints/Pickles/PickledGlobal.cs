namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>The name of a Python class or function. It is never looked up, let alone called.</summary>
/// <param name="module">Its module, by its name in Python 3.</param>
/// <param name="name">Its name in the module.</param>
internal sealed class PickledGlobal(string module, string name)
{
    public string Module { get; } =
        module switch
        {
            "__builtin__" => "builtins",
            "copy_reg" => "copyreg",
            "numpy._core.multiarray" => "numpy.core.multiarray",
            "numpy._core.numeric" => "numpy.core.numeric",
            _ => module,
        };

    public string Name { get; } = name;

    public override string ToString() => $"{Module}.{Name}";
}
