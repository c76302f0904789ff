using System.Text.RegularExpressions;
using k8s.Models;

namespace PmSFC.Kubernetes.Tests;

public sealed partial class FromOutsideTests
{
    /// <summary>What <c>docs/kubernetes.md</c> says of one's own host, controller and provider is what comes out.</summary>
    [FactNeeding<Kubectl>]
    public void Patches_OfTheDocument_ChangeHostControllerAndProvider()
    {
        var section = Section().Match(File.ReadAllText(Path.Combine(Manifests.Folder, "..", "docs", "kubernetes.md"))).Value;
        var rendering = new Rendering(Manifests.RenderOnBase(Block().Match(section).Groups[1].Value, ["access", "oidc", "ingress"]));

        var ingress = rendering.Of<V1Ingress>().ShouldHaveSingleItem();
        (ingress.Spec.IngressClassName, ingress.Spec.Rules[0].Host, ingress.Spec.Tls[0].Hosts[0]).ShouldBe(
            ("haproxy", "pmsfc.lab.org", "pmsfc.lab.org")
        );
        var peer = rendering
            .Of<V1NetworkPolicy>()
            .Single(policy => policy.Metadata.Name == "ingress")
            .Spec.Ingress[0]
            .FromProperty.ShouldHaveSingleItem();
        peer.NamespaceSelector.MatchLabels.ShouldBe(
            new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = "haproxy-controller" }
        );
        peer.PodSelector.MatchLabels.ShouldBe(new Dictionary<string, string> { ["app.kubernetes.io/name"] = "kubernetes-ingress" });
        var environment = rendering.EnvironmentOf(rendering.Pods.Single(pod => pod.Owner == "Deployment/control").Container);
        (environment["PMSFC_OIDC_AUTHORITY"], environment["PMSFC_OIDC_AUDIENCE"], environment["PMSFC_OIDC_ROLE_CLAIM"]).ShouldBe(
            ("https://keycloak.lab.org/realms/lab", "pmsfc", "realm_access.roles")
        );
        environment["PMSFC_ACCESS"].ShouldBe("/etc/pmsfc-access/tokens");
        rendering
            .EnvironmentOf(rendering.Pods.Single(pod => pod.Owner == "Deployment/device-cpu").Container)
            .Keys.ShouldNotContain(name => name.StartsWith("PMSFC_OIDC", StringComparison.Ordinal) || name == "PMSFC_ACCESS");
    }

    [GeneratedRegex("^## From outside$.*?(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
