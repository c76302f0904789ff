using System.Reflection;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The alerts and dashboards of the component <c>monitoring</c>.</summary>
internal static class Monitoring
{
    private static readonly Lazy<YamlNode> Spec = new(() => Yaml.Parse(File.ReadAllText(Path.Combine(Folder, "alerts.yaml")))["spec"]);

    /// <summary>The folder <c>k8s/</c>.</summary>
    public static string Manifests =>
        typeof(Monitoring).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Manifests").Value!;

    private static string Folder => Path.Combine(Manifests, "components", "monitoring");

    /// <summary>The alert rules, as a file of rules.</summary>
    public static string Rules() => Yaml.Write(Spec.Value);

    /// <summary>The alerts.</summary>
    public static IReadOnlyList<YamlNode> Alerts() =>
        [
            .. from rules in (YamlSequenceNode)Spec.Value["groups"]
            from rule in (YamlSequenceNode)rules["rules"]
            where rule.Find("alert") is not null
            select rule,
        ];

    /// <summary>The dashboards, by name.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Dashboards() =>
        Directory
            .EnumerateFiles(Path.Combine(Folder, "dashboards"), "*.json")
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), path => JsonNode.Parse(File.ReadAllText(path))!);

    /// <summary>The expressions of a dashboard's panels, with values for Grafana's variables.</summary>
    public static IEnumerable<(string Panel, string Expression)> Expressions(JsonNode dashboard) =>
        from panel in dashboard["panels"]!.AsArray()
        from target in panel!["targets"]!.AsArray()
        where (string?)target!["datasource"]!["type"] == "prometheus"
        select ((string)panel["title"]!, Filled((string)target["expr"]!));

    private static string Filled(string expression) =>
        expression
            .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
            .Replace("$namespace", ".*", StringComparison.Ordinal)
            .Replace("$device", ".*", StringComparison.Ordinal);
}
