namespace PmSFC.Kubernetes.Tests;

public sealed class SchemaTests
{
    public static TheoryData<string> Renderings => [.. Manifests.Names];

    [TheoryNeeding<Schemas>]
    [MemberData(nameof(Renderings))]
    public void Check_EachOverlayAndComponent_FitsTheSchemas(string name) => Schemas.Check(Manifests.Render(name)).ShouldBeEmpty();

    [TheoryNeeding<Schemas>]
    [InlineData("overlays/local", "protocol: TCP", "protocol: TPC", "protocol must be equal to one of the allowed values")]
    [InlineData("overlays/local", "replicas: 3", "replicas: three", "replicas must be integer")]
    [InlineData(
        "components/keda",
        "behavior: currentReplicasIfHigher",
        "behavior: currentReplicasIfGreater",
        "behavior must be equal to one of the allowed values"
    )]
    [InlineData("components/keda", "targetValue: \"600\"", "targetValue: 600", "targetValue must be string")]
    [InlineData("components/keda", "  scaleTargetRef:\n    name: device-cpu\n", "", "scaleTargetRef")]
    [InlineData(
        "components/tls",
        "rotationPolicy: Always",
        "rotationPolicy: Sometimes",
        "rotationPolicy must be equal to one of the allowed values"
    )]
    [InlineData("components/tls", "kind: Certificate", "kind: Certificat", "has no schema")]
    public void Check_ALineThatWasSpoilt_IsFound(string name, string line, string spoilt, string complaint)
    {
        var yaml = Manifests.Render(name);
        yaml.ShouldContain(line);

        Schemas.Check(yaml.Replace(line, spoilt, StringComparison.Ordinal)).ShouldContain(complaint);
    }
}
