using k8s.Models;

namespace PmSFC.Kubernetes.Tests;

/// <summary>Pods of another namespace that have business with ours.</summary>
/// <param name="Name">Who they are, for people.</param>
/// <param name="Namespace">Their namespace.</param>
/// <param name="Label">A label that they have.</param>
/// <param name="Kind">The kind of the operator's object that makes them come.</param>
/// <param name="Components">The pods that they come to.</param>
/// <param name="Port">The port that they come to, and no other.</param>
internal sealed record Outsider(
    string Name,
    string Namespace,
    KeyValuePair<string, string> Label,
    string Kind,
    string[] Components,
    string Port
)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Outsider> All { get; } =
    [
        new("KEDA's operator", "keda", new("app", "keda-operator"), "ScaledObject", ["control"], "metrics"),
        new("Prometheus", "monitoring", new("app.kubernetes.io/name", "prometheus"), "PodMonitor", ["control", "device"], "metrics"),
        new("The ingress controller", "traefik", new("app.kubernetes.io/name", "traefik"), "Ingress", ["control"], "web"),
    ];

    /// <summary>Whether they come to a pod.</summary>
    public bool Needs(Rendering rendering, PodTemplate pod) =>
        Components.Contains(pod.Component)
        && (
            rendering.Foreign.Any(candidate => candidate["kind"].ToString() == Kind)
            || rendering.Objects.Any(candidate => candidate.Kind == Kind)
        );

    /// <summary>Whether a policy's peer is exactly them.</summary>
    public bool Is(V1NetworkPolicyPeer peer) =>
        peer
            is {
                IpBlock: null,
                NamespaceSelector: { MatchExpressions: null, MatchLabels: { Count: 1 } space },
                PodSelector: { MatchExpressions: null, MatchLabels: { Count: 1 } pods }
            }
        && space.Contains(new("kubernetes.io/metadata.name", Namespace))
        && pods.Contains(Label);
}
