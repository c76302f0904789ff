namespace PmSFC.Engine.Tests.Planning;

/// <summary>A theory on every method at the paper's size, which takes minutes, skipped unless it is asked for.</summary>
internal sealed class FullMemoryTheoryAttribute : TheoryAttribute
{
    private const string Variable = "PMSFC_FULL_MEMORY";

    public FullMemoryTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
            Skip = $"Minutes of work; set {Variable}=1 to measure the memory of every method at 256 pixels.";
    }
}
