namespace PmSFC.Kubernetes.Tests;

/// <summary>A fact on rendered manifests, skipped with the reason where nothing can render them.</summary>
public sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = Kubectl.Missing;
}
