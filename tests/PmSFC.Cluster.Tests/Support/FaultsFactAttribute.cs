using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>The long version of a fault scenario, skipped unless it is asked for.</summary>
internal sealed class FaultsFactAttribute : FactAttribute
{
    private const string Variable = "PMSFC_FAULTS";

    public FaultsFactAttribute() =>
        Skip = Azurite.Missing ?? (Environment.GetEnvironmentVariable(Variable) == "1" ? null : $"Minutes of faults; set {Variable}=1 to run the long scenarios.");

    /// <summary>Whether it needs network namespaces.</summary>
    public bool OnSplitNetwork
    {
        get;
        set
        {
            field = value;
            if (value) Skip ??= SplitNetworkFactAttribute.Missing;
        }
    }
}
