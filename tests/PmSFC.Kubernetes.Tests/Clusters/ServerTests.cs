namespace PmSFC.Kubernetes.Tests.Clusters;

/// <summary>What a server of Kubernetes says of the manifests; nothing is created but an empty namespace.</summary>
public sealed class ServerTests : IDisposable
{
    private const string NoSuchKind = "no matches for kind";

    private readonly string _namespace = $"pmsfc-{Guid.NewGuid().ToString("n")[..8]}";

    public static TheoryData<string> Renderings => [.. Manifests.Names];

    public void Dispose() => Kubectl.Try($"kubectl delete namespace {_namespace} --ignore-not-found --wait=false");

    /// <summary>Strictly validated, admitted under Pod Security <c>restricted</c>, without a warning. Objects of operators are asked about where the cluster has their kinds.</summary>
    [TheoryNeeding<Installation>]
    [MemberData(nameof(Renderings))]
    public void DryRun_EachOverlayAndComponent_IsTakenWithoutAWarning(string name)
    {
        MakeNamespace();
        var yaml = Manifests.Render(name).Replace("namespace: pmsfc\n", $"namespace: {_namespace}\n", StringComparison.Ordinal);
        var objects = yaml.Split("\n---\n").Where(document => !document.Contains("\nkind: Namespace\n", StringComparison.Ordinal)).ToList();
        var foreign = new Rendering(yaml).Foreign.Select(found => $"\nkind: {found["kind"]}\n").Distinct().ToList();

        var (code, output, error) = Kubectl.Try("kubectl apply --dry-run=server --validate=strict -f -", string.Join("\n---\n", objects));

        var complaints = error
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line =>
                !line.Contains(NoSuchKind, StringComparison.Ordinal) && !line.StartsWith("ensure CRDs", StringComparison.Ordinal)
            )
            .ToList();
        complaints.ShouldBeEmpty();
        var unknown = error.Split(NoSuchKind).Length - 1;
        unknown.ShouldBeLessThanOrEqualTo(
            objects.Count(document => foreign.Any(kind => document.Contains(kind, StringComparison.Ordinal))),
            error
        );
        if (unknown == 0)
            code.ShouldBe(0, error);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(objects.Count - unknown);
    }

    [TheoryNeeding<Installation>]
    [InlineData("replicas: 3", "replicas: three", "replicas")]
    [InlineData("terminationGracePeriodSeconds:", "terminationGraceSeconds:", "unknown field")]
    [InlineData("cpu: 100m", "cpu: 100 millis", "quantities must match")]
    [InlineData("maxSurge: 1", "maxSurge: 0", "may not be 0 when")]
    public void DryRun_ALineThatWasSpoilt_IsRefused(string line, string spoilt, string complaint)
    {
        MakeNamespace();
        var yaml = Manifests.Render("overlays/local").Replace("namespace: pmsfc\n", $"namespace: {_namespace}\n", StringComparison.Ordinal);
        yaml.ShouldContain(line);

        var (code, _, error) = Kubectl.Try(
            "kubectl apply --dry-run=server --validate=strict -f -",
            yaml.Replace(line, spoilt, StringComparison.Ordinal)
        );

        code.ShouldNotBe(0);
        error.ShouldContain(complaint);
    }

    private void MakeNamespace() =>
        Kubectl.Pipe(
            "kubectl create -f -",
            Manifests
                .Render("components/azurite")
                .Split("\n---\n")
                .Single(document => document.Contains("kind: Namespace\n", StringComparison.Ordinal))
                .Replace("  name: pmsfc", $"  name: {_namespace}", StringComparison.Ordinal)
        );
}
