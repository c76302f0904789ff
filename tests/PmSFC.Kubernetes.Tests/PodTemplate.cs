using System.Globalization;
using k8s.Models;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The pods that an object makes.</summary>
/// <param name="Owner">The object, as <c>Kind/name</c>.</param>
/// <param name="Labels">The pods' labels.</param>
/// <param name="Spec">What they are.</param>
internal sealed record PodTemplate(string Owner, IReadOnlyDictionary<string, string> Labels, V1PodSpec Spec)
{
    /// <summary>What the pod is for the cluster.</summary>
    public string Component => Labels.GetValueOrDefault("app.kubernetes.io/component", "");

    /// <summary>Whether it is a silo.</summary>
    public bool IsSilo => Component is "control" or "device";

    /// <summary>Its container.</summary>
    public V1Container Container => Spec.Containers.Single();

    /// <summary>Whether a selector takes it; an empty one takes all.</summary>
    public bool Matches(V1LabelSelector? selector) =>
        (selector?.MatchLabels ?? new Dictionary<string, string>()).All(label => Labels.GetValueOrDefault(label.Key) == label.Value)
        && (selector?.MatchExpressions ?? []).All(expression =>
            expression.OperatorProperty == "In"
                ? expression.Values.Contains(Labels.GetValueOrDefault(expression.Key))
                : throw new NotSupportedException($"a selector's operator {expression.OperatorProperty}")
        );

    /// <summary>The number of a port that is named or numbered.</summary>
    public int? PortOf(IntOrString port) =>
        int.TryParse(port.Value, CultureInfo.InvariantCulture, out var number)
            ? number
            : Container.Ports?.FirstOrDefault(candidate => candidate.Name == port.Value)?.ContainerPort;
}
