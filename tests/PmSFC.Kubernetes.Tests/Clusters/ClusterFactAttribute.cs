namespace PmSFC.Kubernetes.Tests.Clusters;

/// <summary>A fact on a cluster of Kubernetes, skipped with the reason where none is named.</summary>
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = Installation.Missing;
}
