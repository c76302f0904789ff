using System.Globalization;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace PmSFC.Kubernetes.Tests;

/// <summary>Rendered objects: those of Kubernetes itself read strictly, the others (of operators) as trees.</summary>
internal sealed class Rendering
{
    private readonly List<IKubernetesObject<V1ObjectMeta>> _objects = [];

    public Rendering(string yaml)
    {
        foreach (var document in yaml.Split("\n---\n"))
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(document));
            var root = (YamlMappingNode)stream.Documents.Single().RootNode;
            var group = root["apiVersion"].ToString();
            if (
                group == "v1"
                || group.StartsWith("apps/", StringComparison.Ordinal)
                || group.StartsWith("batch/", StringComparison.Ordinal)
                || group.StartsWith("policy/", StringComparison.Ordinal)
                || group.Contains(".k8s.io/", StringComparison.Ordinal)
            )
                _objects.Add((IKubernetesObject<V1ObjectMeta>)KubernetesYaml.LoadAllFromString(document, strict: true).Single());
            else
                Foreign.Add(root);
        }
    }

    /// <summary>Objects of Kubernetes itself.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects => _objects;

    /// <summary>Objects of operators.</summary>
    public List<YamlMappingNode> Foreign { get; } = [];

    /// <summary>All pods.</summary>
    public IReadOnlyList<PodTemplate> Pods =>
        [
            .. Of<V1Deployment>().Select(deployment => Template(deployment, deployment.Spec.Template)),
            .. Of<V1CronJob>().Select(cron => Template(cron, cron.Spec.JobTemplate.Spec.Template)),
        ];

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<T> Of<T>() => _objects.OfType<T>();

    /// <summary>Whether an object of this kind and name is rendered.</summary>
    public bool Has<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Of<T>().Any(candidate => candidate.Metadata.Name == name);

    /// <summary>The environment of a container, with values for what a cluster fills in.</summary>
    public Dictionary<string, string> EnvironmentOf(V1Container container)
    {
        var environment = new Dictionary<string, string>();
        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (
                var (key, value) in Of<V1ConfigMap>().FirstOrDefault(map => map.Metadata.Name == source.ConfigMapRef?.Name)?.Data
                    ?? new Dictionary<string, string>()
            )
                environment[key] = value;
            foreach (var key in Of<V1Secret>().FirstOrDefault(secret => secret.Metadata.Name == source.SecretRef?.Name)?.Data?.Keys ?? [])
                environment[key] = "secret";
        }

        foreach (var variable in container.Env ?? [])
        {
            environment[variable.Name] = variable switch
            {
                { Value: { } value } => value,
                { ValueFrom.FieldRef.FieldPath: "status.podIP" } => "10.1.2.3",
                { ValueFrom.ResourceFieldRef.Resource: "requests.cpu" } => Math.Ceiling(container.Resources.Requests["cpu"].ToDecimal())
                    .ToString("0", CultureInfo.InvariantCulture),
                _ => "?",
            };
        }

        return environment;
    }

    private static PodTemplate Template(IKubernetesObject<V1ObjectMeta> owner, V1PodTemplateSpec template) =>
        new($"{owner.Kind}/{owner.Metadata.Name}", new Dictionary<string, string>(template.Metadata.Labels), template.Spec);
}
