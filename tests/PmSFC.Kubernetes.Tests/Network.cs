using k8s.Models;

namespace PmSFC.Kubernetes.Tests;

/// <summary>What the rendered network policies let through between rendered pods.</summary>
internal sealed class Network(Rendering rendering)
{
    /// <summary>Whether pods may connect to a port of other pods: the policies of both sides must let them.</summary>
    public bool Lets(PodTemplate from, PodTemplate to, int port)
    {
        var leaving = rendering
            .Of<V1NetworkPolicy>()
            .Where(policy => policy.Spec.PolicyTypes.Contains("Egress") && from.Matches(policy.Spec.PodSelector))
            .ToList();
        var arriving = rendering
            .Of<V1NetworkPolicy>()
            .Where(policy => policy.Spec.PolicyTypes.Contains("Ingress") && to.Matches(policy.Spec.PodSelector))
            .ToList();
        return (
                leaving.Count == 0
                || leaving.SelectMany(policy => policy.Spec.Egress ?? []).Any(rule => Has(rule.To, to) && HasPort(rule.Ports, to, port))
            )
            && (
                arriving.Count == 0
                || arriving
                    .SelectMany(policy => policy.Spec.Ingress ?? [])
                    .Any(rule => Has(rule.FromProperty, from) && HasPort(rule.Ports, to, port))
            );
    }

    /// <summary>Whether pods of another namespace may connect to a port: the policies of the other side are not ours.</summary>
    public bool Lets(Outsider from, PodTemplate to, int port)
    {
        var arriving = rendering
            .Of<V1NetworkPolicy>()
            .Where(policy => policy.Spec.PolicyTypes.Contains("Ingress") && to.Matches(policy.Spec.PodSelector))
            .ToList();
        return arriving.Count == 0
            || arriving
                .SelectMany(policy => policy.Spec.Ingress ?? [])
                .Any(rule => (rule.FromProperty is null or [] || rule.FromProperty.Any(from.Is)) && HasPort(rule.Ports, to, port));
    }

    // Peers of other namespaces and addresses outside are no pods of ours.
    private static bool Has(IList<V1NetworkPolicyPeer>? peers, PodTemplate pod) =>
        peers is null or [] || peers.Any(peer => peer is { NamespaceSelector: null, PodSelector: { } selector } && pod.Matches(selector));

    private static bool HasPort(IList<V1NetworkPolicyPort>? ports, PodTemplate to, int port) =>
        ports is null or []
        || ports.Any(candidate => candidate.Protocol is null or "TCP" && candidate.Port is { } named && to.PortOf(named) == port);
}
