using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>A fact that needs network namespaces and the Blob Storage emulator, skipped with the reason where there are none.</summary>
internal sealed class SplitNetworkFactAttribute : FactAttribute
{
    public static readonly string? Missing = Azurite.Missing ?? SplitNetwork.Missing;

    public SplitNetworkFactAttribute() => Skip = Missing;
}
