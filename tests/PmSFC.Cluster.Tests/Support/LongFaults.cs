namespace PmSFC.Cluster.Tests.Support;

/// <summary>The long version of fault scenarios, run only where it is asked for, and the Blob Storage emulator that they need.</summary>
internal abstract class LongFaults : INeed
{
    public static string? Missing =>
        Azurite.Missing ?? OptIn.Missing("PMSFC_FAULTS", "Minutes of faults; set PMSFC_FAULTS=1 to run the long scenarios.");
}
