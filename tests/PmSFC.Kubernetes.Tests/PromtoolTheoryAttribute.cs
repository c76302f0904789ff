namespace PmSFC.Kubernetes.Tests;

/// <summary>A theory on alerts and dashboards, skipped with the reason where nothing can check them.</summary>
public sealed class PromtoolTheoryAttribute : TheoryAttribute
{
    public PromtoolTheoryAttribute() => Skip = Promtool.Missing;
}
