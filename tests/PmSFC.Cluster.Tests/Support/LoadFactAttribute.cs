namespace PmSFC.Cluster.Tests.Support;

/// <summary>A measurement under load, skipped unless it is asked for.</summary>
internal sealed class LoadFactAttribute : FactAttribute
{
    private const string Variable = "PMSFC_LOAD";

    public LoadFactAttribute() => Skip = Environment.GetEnvironmentVariable(Variable) == "1" ? null : $"Minutes of load on the API; set {Variable}=1 to measure.";
}
