namespace PmSFC.Silo.Tests.Devices.Discovery;

/// <summary>A fact that compiles a few lines of C, skipped with the reason where nothing can.</summary>
internal sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute()
    {
        if (!File.Exists(FakeDriver.Compiler)) Skip = $"It needs {FakeDriver.Compiler}: apt-get install gcc libc6-dev.";
    }
}
