namespace PmSFC.Kubernetes.Tests;

/// <summary>A theory on rendered manifests, skipped with the reason where nothing can render them.</summary>
public sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Kubectl.Missing;
}
