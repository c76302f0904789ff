using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>A fact on a real Prometheus, skipped with the reason where there is none or nobody asks for it.</summary>
internal sealed class PrometheusFactAttribute : FactAttribute
{
    private const string Variable = "PMSFC_PROMETHEUS";

    public PrometheusFactAttribute() => Skip = Azurite.Missing ?? PrometheusServer.Missing
        ?? (Environment.GetEnvironmentVariable(Variable) == "1" ? null : $"Minutes of faults before a Prometheus; set {Variable}=1 to run them.");
}
