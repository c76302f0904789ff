namespace PmSFC.Silo.Tests.Overhead;

/// <summary>A measurement beside Dask distributed, skipped unless it is asked for.</summary>
internal sealed class DaskFactAttribute : FactAttribute
{
    public const string Interpreter = "/usr/bin/python3";
    private const string Variable = "PMSFC_DASK";

    public DaskFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
            Skip = $"It measures and takes a quiet machine; set {Variable}=1 to compare the overhead with Dask's.";
        else if (!File.Exists(Interpreter) || !Directory.Exists("/usr/lib/python3/dist-packages/distributed"))
            Skip = "It needs Dask distributed: apt-get install python3-distributed.";
    }

    public static string Script => Path.Combine(AppContext.BaseDirectory, "dask_overhead.py");
}
