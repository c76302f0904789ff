namespace PmSFC.Kubernetes.Tests;

/// <summary>A fact on alerts and dashboards, skipped with the reason where nothing can check them.</summary>
public sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute() => Skip = Promtool.Missing;
}
