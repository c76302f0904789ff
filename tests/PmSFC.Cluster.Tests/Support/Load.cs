namespace PmSFC.Cluster.Tests.Support;

/// <summary>Load on the API, made only where it is asked for.</summary>
internal abstract class Load : INeed
{
    public static string? Missing => OptIn.Missing("PMSFC_LOAD", "Minutes of load on the API; set PMSFC_LOAD=1 to measure.");
}
