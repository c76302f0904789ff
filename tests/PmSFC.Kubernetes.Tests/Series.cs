using System.Text.RegularExpressions;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The series that expressions may ask for, by the names that Prometheus has for them.</summary>
internal static partial class Series
{
    // Of Prometheus itself, of Orleans, of kube-state-metrics and of the kubelet.
    private static readonly string[] Others =
    [
        "up",
        "ALERTS",
        "orleans_app_requests_latency_milliseconds_bucket",
        "kube_cronjob_created",
        "kube_cronjob_spec_suspend",
        "kube_cronjob_status_last_successful_time",
        "kube_deployment_spec_replicas",
        "kube_deployment_status_replicas_ready",
        "kube_job_failed",
        "kube_job_status_failed",
        "kube_job_status_start_time",
        "kube_pod_container_resource_limits",
        "kube_pod_container_status_last_terminated_reason",
        "kube_pod_container_status_restarts_total",
        "container_cpu_usage_seconds_total",
        "container_memory_working_set_bytes",
    ];

    /// <summary>Names of metrics: the product's, as <c>docs/telemetry.md</c> lists them, and others'.</summary>
    public static IReadOnlySet<string> Names { get; } = Documented().Concat(Others).ToHashSet();

    /// <summary>The product's attributes, as labels.</summary>
    public static IReadOnlySet<string> Labels { get; } =
        AttributeName().Matches(Documents.Read("telemetry.md")).Select(match => match.Groups[1].Value.Replace('.', '_')).ToHashSet();

    /// <summary>The metrics that an expression asks for.</summary>
    public static IEnumerable<string> NamesIn(string expression) =>
        Identifier()
            .Matches(Aside().Replace(expression, " "))
            .Select(match => match.Value)
            .Where(name => name is not ("and" or "or" or "unless" or "bool" or "offset"));

    /// <summary>The product's labels that an expression asks for.</summary>
    public static IEnumerable<string> LabelsIn(string expression) =>
        from match in LabelName().Matches(expression)
        where !NamesIn(expression).Contains(match.Value)
        select match.Value;

    private static IEnumerable<string> Documented() => Row().Matches(Documents.Read("telemetry.md")).Select(row => row.Groups[1].Value);

    [GeneratedRegex(@"^\| `pmsfc\.[a-z.]+` \| `(pmsfc_[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(pmsfc\.[a-z.]+)`")]
    private static partial Regex AttributeName();

    // Texts, matchers, ranges, and the labels after operators.
    [GeneratedRegex(
        """
            "[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)
            """
    )]
    private static partial Regex Aside();

    [GeneratedRegex(@"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\bpmsfc_[a-z_]+\b")]
    private static partial Regex LabelName();
}
