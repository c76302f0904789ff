namespace PmSFC.Silo.Tests.Overhead;

/// <summary>Dask distributed, with which this is compared only where it is asked for.</summary>
internal abstract class Dask : INeed
{
    public static string? Missing =>
        OptIn.Missing("PMSFC_DASK", "It measures and takes a quiet machine; set PMSFC_DASK=1 to compare the overhead with Dask's.")
        ?? Reference.WithDask.Missing;
}
