namespace PmSFC.Grains.Tests.Scale;

/// <summary>A simulation of many minutes, made only where it is asked for.</summary>
internal abstract class FullScale : INeed
{
    public static string? Missing =>
        OptIn.Missing("PMSFC_FULL_SCALE", "Many minutes of work; set PMSFC_FULL_SCALE=1 to simulate a million jobs.");
}
