namespace PmSFC.Grains.Tests.Scale;

/// <summary>A test of many minutes that needs a machine of its own.</summary>
internal sealed class FullScaleFactAttribute : FactAttribute
{
    private const string Variable = "PMSFC_FULL_SCALE";

    public FullScaleFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not "1") Skip = $"Many minutes of work; set {Variable}=1 to simulate a million jobs.";
    }
}
