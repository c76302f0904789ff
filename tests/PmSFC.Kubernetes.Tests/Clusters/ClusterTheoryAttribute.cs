namespace PmSFC.Kubernetes.Tests.Clusters;

/// <summary>A theory on a cluster of Kubernetes, skipped with the reason where none is named.</summary>
public sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = Installation.Missing;
}
