namespace PmSFC.Cluster.Tests.Operating;

/// <summary>A real Prometheus, which watches faults only where it is asked for.</summary>
internal abstract class PrometheusFaults : INeed
{
    public static string? Missing =>
        PrometheusServer.Missing
        ?? OptIn.Missing("PMSFC_PROMETHEUS", "Minutes of faults before a Prometheus; set PMSFC_PROMETHEUS=1 to run them.");
}
