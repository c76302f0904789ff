namespace PmSFC.Kubernetes.Tests;

/// <summary>A theory on rendered manifests and their kinds' schemas, skipped with the reason where either is missing.</summary>
public sealed class SchemaTheoryAttribute : TheoryAttribute
{
    public SchemaTheoryAttribute() => Skip = Schemas.Missing;
}
