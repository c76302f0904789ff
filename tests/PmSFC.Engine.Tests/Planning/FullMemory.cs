namespace PmSFC.Engine.Tests.Planning;

/// <summary>The memory of every method at the paper's size, which is measured only where it is asked for.</summary>
internal abstract class FullMemory : INeed
{
    public static string? Missing =>
        OptIn.Missing("PMSFC_FULL_MEMORY", "Minutes of work; set PMSFC_FULL_MEMORY=1 to measure the memory of every method at 256 pixels.");
}
