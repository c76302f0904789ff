namespace PmSFC.Engine.Tests.Subspaces;

/// <summary>A fact that asks Debian's Python, skipped where it lacks numpy.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        if (!File.Exists(PythonReference.Interpreter) || !Directory.Exists("/usr/lib/python3/dist-packages/numpy"))
            Skip = "The reference needs /usr/bin/python3 with numpy: apt-get install python3-numpy";
    }
}
