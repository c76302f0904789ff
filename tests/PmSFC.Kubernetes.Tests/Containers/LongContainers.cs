namespace PmSFC.Kubernetes.Tests.Containers;

/// <summary>What takes minutes in containers, run only where it is asked for.</summary>
internal abstract class LongContainers : INeed
{
    public static string? Missing => OptIn.Missing("PMSFC_CONTAINERS", "Minutes of containers; set PMSFC_CONTAINERS=1 to run them.");
}
