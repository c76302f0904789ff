namespace PmSFC.Engine.Tests.Metrics;

/// <summary>A theory that asks Debian's Python, skipped where it lacks numpy or Pillow.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public const string Interpreter = "/usr/bin/python3";

    public PythonTheoryAttribute()
    {
        if (!File.Exists(Interpreter) || !Directory.Exists("/usr/lib/python3/dist-packages/numpy") || !Directory.Exists("/usr/lib/python3/dist-packages/PIL"))
            Skip = "The reference needs /usr/bin/python3 with numpy and Pillow: apt-get install python3-numpy python3-pil";
    }
}
