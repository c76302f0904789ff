using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>A fact on the dashboard of .NET Aspire, skipped with the reason where there is none.</summary>
internal sealed class AspireFactAttribute : FactAttribute
{
    public AspireFactAttribute() => Skip = Azurite.Missing ?? AspireDashboard.Missing;
}
