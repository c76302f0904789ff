namespace PmSFC.Kubernetes.Tests.Containers;

/// <summary>A test in containers, skipped with the reason where none can run.</summary>
internal sealed class ContainerFactAttribute : FactAttribute
{
    private const string Variable = "PMSFC_CONTAINERS";

    public ContainerFactAttribute() => Skip = Podman.Missing;

    /// <summary>Whether it takes minutes, and so runs only where it is asked for.</summary>
    public bool Long
    {
        get;
        set
        {
            field = value;
            if (value && Environment.GetEnvironmentVariable(Variable) != "1") Skip ??= $"Minutes of containers; set {Variable}=1 to run them.";
        }
    }
}
