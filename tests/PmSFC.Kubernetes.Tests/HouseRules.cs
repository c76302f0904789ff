using k8s;
using k8s.Models;
using PmSFC.SiloHost.Configuration;
using PmSFC.Storage;
using YamlDotNet.RepresentationModel;

namespace PmSFC.Kubernetes.Tests;

/// <summary>What must hold of all that is rendered, beyond what Kubernetes itself would refuse.</summary>
internal static class HouseRules
{
    private const string Namespace = "pmsfc";

    // What a silo has for its end is 60 s.
    private const int LeastGraceSeconds = 75;

    // A device that is started loads libtorch and generators: what is taken away must not be needed again at once.
    private const int LeastCooldownSeconds = 600;
    private const int LeastStabilizationSeconds = 600;

    // Variables of PMSFC that are no settings of a silo.
    private static readonly string[] OtherVariables = [ArtifactStores.ConnectionVariable, "PMSFC_WEIGHTS", "PMSFC_LOGS"];

    // Secrets that people make, since what is in them belongs in no file of manifests.
    private static readonly string[] OfPeople = ["access"];

    /// <summary>What is broken, a sentence each.</summary>
    public static IReadOnlyList<string> Check(string yaml)
    {
        Rendering rendering;
        try
        {
            rendering = new Rendering(yaml);
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or InvalidOperationException or KeyNotFoundException)
        {
            return [$"an object cannot be read: {e.Message} {e.InnerException?.Message}"];
        }

        return
        [
            .. rendering.Pods.SelectMany(pod => OfPod(rendering, pod)),
            .. OfObjects(rendering),
            .. OfSelectors(rendering),
            .. OfFlows(rendering),
            .. OfOutsiders(rendering),
        ];
    }

    private static IEnumerable<string> OfPod(Rendering rendering, PodTemplate pod)
    {
        var (spec, container) = (pod.Spec, pod.Container);
        return Broken(
                pod.Owner,
                (spec.EnableServiceLinks == false, "has variables of Services in its environment"),
                (spec.AutomountServiceAccountToken == false, "has a token for the API"),
                (spec.TerminationGracePeriodSeconds >= LeastGraceSeconds, $"has less than {LeastGraceSeconds} s to stop in"),
                (
                    spec.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" },
                    "may run as root or without seccomp"
                ),
                (
                    spec is { HostNetwork: null, HostPID: null, HostIPC: null }
                        && (spec.Volumes ?? []).All(volume => volume.HostPath is null),
                    "uses its node's"
                ),
                (
                    container.SecurityContext
                        is {
                            AllowPrivilegeEscalation: false,
                            ReadOnlyRootFilesystem: true,
                            Privileged: null,
                            Capabilities: { Add: null, Drop: ["ALL"] }
                        },
                    "has privileges, capabilities or a root that can be written"
                ),
                (
                    container.Resources.Requests.ContainsKey("cpu") && !container.Resources.Limits.ContainsKey("cpu"),
                    "must ask for CPU and have no limit of it"
                ),
                (
                    container.Resources.Limits.TryGetValue("memory", out var limit)
                        && container.Resources.Requests.TryGetValue("memory", out var memory)
                        && memory.Equals(limit),
                    "must have a limit of memory that is what it asks for"
                ),
                (
                    container.Image.Split('/')[^1].Split(':') is [_, not "latest"]
                        || container.Image.Contains('@', StringComparison.Ordinal),
                    "has an image without a version"
                )
            )
            .Concat(OfEnvironment(rendering, pod))
            .Concat(OfReferences(rendering, pod))
            .Concat(pod.Owner.StartsWith("Deployment/", StringComparison.Ordinal) ? OfProbes(pod) : []);
    }

    private static IEnumerable<string> OfProbes(PodTemplate pod)
    {
        var container = pod.Container;
        foreach (
            var (name, probe, path) in new[]
            {
                ("startup", container.StartupProbe, "/healthz/live"),
                ("readiness", container.ReadinessProbe, "/healthz/ready"),
                ("liveness", container.LivenessProbe, "/healthz/live"),
            }
        )
        {
            var port = probe?.HttpGet?.Port ?? probe?.TcpSocket?.Port;
            if (port is null || pod.PortOf(port) is not { } number || container.Ports.All(open => open.ContainerPort != number))
                yield return $"{pod.Owner} has no {name} probe of a port of its own.";
            // A node asks in plain HTTP, which the web port may cease to speak.
            if (pod.IsSilo && port?.Value != "metrics")
                yield return $"{pod.Owner} has a {name} probe of another port than that of its metrics.";
            if (pod.IsSilo && probe?.HttpGet?.Path != path)
                yield return $"{pod.Owner}'s {name} probe does not ask for {path}.";
        }
    }

    private static IEnumerable<string> OfEnvironment(Rendering rendering, PodTemplate pod)
    {
        var environment = rendering.EnvironmentOf(pod.Container);
        foreach (var name in environment.Keys.Where(name => name.StartsWith("PMSFC_", StringComparison.Ordinal)))
        {
            if (!OtherVariables.Contains(name) && SiloSettingCatalog.All.All(setting => setting.Variable != name))
                yield return $"{pod.Owner} sets {name}, which is no setting.";
        }

        if (!pod.IsSilo)
            yield break;
        var reader = new SiloSettingsReader(new SiloConfiguration().AddEnvironment(environment.GetValueOrDefault));
        var settings = reader.Read();
        foreach (var problem in reader.Problems)
            yield return $"{pod.Owner}: {problem}";
        if (settings is null)
            yield break;
        foreach (
            var problem in Broken(
                pod.Owner,
                (settings.Address.ToString() == "10.1.2.3", "does not tell the others the pod's address"),
                (settings.Role == (pod.Component == "control" ? SiloRole.Control : SiloRole.Device), $"is of role {settings.Role}"),
                (OpenPort(pod, "silo") == settings.SiloPort, "opens another port for silos than the silo"),
                (OpenPort(pod, "gateway") == settings.GatewayPort, "opens another port for clients than the silo"),
                (OpenPort(pod, "web") > 0 && OpenPort(pod, "web") == settings.WebPort, "opens another port for people than the silo"),
                (
                    OpenPort(pod, "metrics") > 0 && OpenPort(pod, "metrics") == settings.MetricsPort,
                    "opens another port for metrics than the silo"
                ),
                (settings.GatewayPort > 0 == (pod.Component == "control"), "is a gateway, or is none where clients need one"),
                (
                    pod.Component == "control" || environment.ContainsKey(SiloSettingCatalog.Devices.Variable),
                    "leaves it open which devices it has"
                )
            )
        )
            yield return problem;
    }

    private static int OpenPort(PodTemplate pod, string name) =>
        pod.Container.Ports.FirstOrDefault(port => port.Name == name)?.ContainerPort ?? 0;

    private static IEnumerable<string> OfReferences(Rendering rendering, PodTemplate pod)
    {
        var missing = new List<string>();
        void Require<T>(string? name, bool? optional = false)
            where T : k8s.IKubernetesObject<V1ObjectMeta>
        {
            if (name is not null && optional != true && !rendering.Has<T>(name))
                missing.Add($"{pod.Owner} refers to the {typeof(T).Name[2..]} {name}, which is not rendered.");
        }

        foreach (var source in pod.Container.EnvFrom ?? [])
        {
            Require<V1ConfigMap>(source.ConfigMapRef?.Name, source.ConfigMapRef?.Optional);
            Require<V1Secret>(source.SecretRef?.Name, source.SecretRef?.Optional);
        }

        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            Require<V1ConfigMap>(volume.ConfigMap?.Name, volume.ConfigMap?.Optional);
            if (
                !OfPeople.Contains(volume.Secret?.SecretName)
                && !rendering.Foreign.Any(certificate =>
                    certificate["kind"].ToString() == "Certificate"
                    && certificate["spec"]["secretName"].ToString() == volume.Secret?.SecretName
                )
            )
                Require<V1Secret>(volume.Secret?.SecretName, volume.Secret?.Optional);
            Require<V1PersistentVolumeClaim>(volume.PersistentVolumeClaim?.ClaimName);
        }

        Require<V1ServiceAccount>(pod.Spec.ServiceAccountName);
        foreach (var mount in pod.Container.VolumeMounts ?? [])
            if ((pod.Spec.Volumes ?? []).All(volume => volume.Name != mount.Name))
                missing.Add($"{pod.Owner} mounts {mount.Name}, which is no volume of it.");
        return missing;
    }

    private static IEnumerable<string> OfObjects(Rendering rendering)
    {
        if (
            rendering.Of<V1Namespace>().SingleOrDefault() is not { } own
            || own.Metadata.Name != Namespace
            || own.Metadata.Labels["pod-security.kubernetes.io/enforce"] != "restricted"
        )
            yield return "There is no namespace that holds pods to what is restricted.";
        foreach (var stray in rendering.Foreign.Where(candidate => candidate["metadata"]["namespace"].ToString() != Namespace))
            yield return $"{stray["kind"]}/{stray["metadata"]["name"]} is outside the namespace.";
        foreach (
            var stray in rendering.Objects.Where(candidate =>
                candidate is not V1Namespace && candidate.Metadata.NamespaceProperty != Namespace
            )
        )
            yield return $"{stray.Kind}/{stray.Metadata.Name} is outside the namespace.";
        if (
            !rendering
                .Of<V1NetworkPolicy>()
                .Any(policy =>
                    policy.Spec
                        is {
                            PodSelector: { MatchLabels: null, MatchExpressions: null },
                            PolicyTypes: ["Ingress", "Egress"],
                            Ingress: null,
                            Egress: null
                        }
                )
        )
            yield return "No policy denies what the others do not allow.";
        foreach (var account in rendering.Of<V1ServiceAccount>().Where(account => account.AutomountServiceAccountToken != false))
            yield return $"ServiceAccount/{account.Metadata.Name} gives pods a token.";
        foreach (var deployment in rendering.Of<V1Deployment>())
        {
            var (unavailable, surge) = (
                deployment.Spec.Strategy.RollingUpdate?.MaxUnavailable?.Value,
                deployment.Spec.Strategy.RollingUpdate?.MaxSurge?.Value
            );
            var fits = deployment.Spec.Template.Metadata.Labels["app.kubernetes.io/component"] switch
            {
                "control" => (unavailable, surge) == ("0", "1") && deployment.Spec.Replicas >= 3,
                // A node has no second GPU for a pod that is to replace another.
                "device" => (unavailable, surge) == ("1", "0"),
                "store" => deployment.Spec.Strategy.Type == "Recreate" && deployment.Spec.Replicas == 1,
                _ => true,
            };
            if (!fits)
                yield return $"Deployment/{deployment.Metadata.Name} has a strategy or replicas that do not fit what it is.";
        }

        foreach (var cron in rendering.Of<V1CronJob>())
        {
            var job = cron.Spec.JobTemplate.Spec;
            foreach (
                var problem in Broken(
                    $"CronJob/{cron.Metadata.Name}",
                    (cron.Spec.ConcurrencyPolicy == "Forbid", "may run twice at a time"),
                    (cron.Spec.TimeZone is not null, "has no time zone"),
                    (cron.Spec.StartingDeadlineSeconds > 10, "has no deadline for its start"),
                    (job.Template.Spec.RestartPolicy == "Never", "must not restart containers, so that its failure policy holds"),
                    (
                        job.PodFailurePolicy?.Rules.Any(rule =>
                            rule.Action == "FailJob"
                            && rule.OnExitCodes is { OperatorProperty: "In" } codes
                            && codes.ContainerName == job.Template.Spec.Containers[0].Name
                            && codes.Values.Contains(2)
                            && codes.Values.Contains(4)
                        ) == true,
                        "tries bad input or a gate that failed again"
                    ),
                    (
                        job.PodFailurePolicy?.Rules.Any(rule =>
                            rule.Action == "Ignore" && rule.OnPodConditions?.Any(condition => condition.Type == "DisruptionTarget") == true
                        ) == true,
                        "counts the loss of a node as a failure"
                    )
                )
            )
                yield return problem;
        }

        foreach (var problem in rendering.Of<V1Ingress>().SelectMany(ingress => OfIngress(rendering, ingress)))
            yield return problem;
        foreach (
            var problem in rendering
                .Foreign.Where(candidate => candidate["kind"].ToString() == "PodMonitor")
                .SelectMany(monitor => OfMonitor(rendering, monitor))
        )
            yield return problem;
        foreach (
            var problem in rendering
                .Foreign.Where(candidate => candidate["kind"].ToString() == "ScaledObject")
                .SelectMany(scaled => OfScaler(rendering, scaled))
        )
            yield return problem;
    }

    /// <summary>What is open to the world: the web port alone, and by TLS alone.</summary>
    private static IEnumerable<string> OfIngress(Rendering rendering, V1Ingress ingress)
    {
        var encrypted = (ingress.Spec.Tls ?? [])
            .Where(tls => !string.IsNullOrEmpty(tls.SecretName))
            .SelectMany(tls => tls.Hosts ?? [])
            .ToList();
        var backends = ingress
            .Spec.Rules.SelectMany(rule => rule.Http.Paths)
            .Select(path => path.Backend.Service)
            .Append(ingress.Spec.DefaultBackend?.Service)
            .OfType<V1IngressServiceBackend>();
        return Broken(
            $"Ingress/{ingress.Metadata.Name}",
            (ingress.Spec.Rules.All(rule => rule.Host is { Length: > 0 } host && encrypted.Contains(host)), "has a host without TLS"),
            (ingress.Spec.IngressClassName is not null, "leaves it open which controller serves it"),
            (
                backends.All(backend =>
                    rendering
                        .Of<V1Service>()
                        .FirstOrDefault(service => service.Metadata.Name == backend.Name)
                        ?.Spec.Ports.Any(port => port.Name == backend.Port.Name && port.TargetPort.Value == "web") == true
                ),
                "leads to another port than the silos' web port"
            ),
            (
                new[] { "nginx.ingress.kubernetes.io/proxy-read-timeout", "haproxy.org/timeout-server" }.All(name =>
                    ingress.Metadata.Annotations?.ContainsKey(name) == true
                ),
                "cuts event streams that are silent"
            )
        );
    }

    private static IEnumerable<string> OfMonitor(Rendering rendering, YamlNode monitor)
    {
        var selector = KubernetesYaml.Deserialize<V1LabelSelector>(Yaml.Write(monitor["spec"]["selector"]), strict: true);
        var scraped = rendering.Pods.Where(pod => pod.Matches(selector)).ToList();
        if (!scraped.Select(pod => pod.Owner).SequenceEqual(rendering.Pods.Where(pod => pod.IsSilo).Select(pod => pod.Owner)))
            yield return "a PodMonitor does not scrape the silos, or others too.";
        foreach (var endpoint in (YamlSequenceNode)monitor["spec"]["podMetricsEndpoints"])
        {
            if (
                endpoint.Find("path")?.ToString() != "/metrics"
                || scraped.Any(pod => endpoint.Find("port")?.ToString() != "metrics" || OpenPort(pod, "metrics") == 0)
            )
                yield return "a PodMonitor asks for another path or port than the silos'.";
        }

        if (
            monitor["spec"].Find("jobLabel")?.ToString() != "app.kubernetes.io/name"
            || monitor["spec"].Find("podTargetLabels") is not YamlSequenceNode { Children: [var label] }
            || label.ToString() != "app.kubernetes.io/component"
        )
            yield return "a PodMonitor does not give its series the labels that alerts and dashboards ask for.";
    }

    private static IEnumerable<string> OfScaler(Rendering rendering, YamlNode scaled)
    {
        var spec = scaled["spec"];
        var target = spec["scaleTargetRef"]["name"].ToString();
        var deployment = rendering.Of<V1Deployment>().FirstOrDefault(candidate => candidate.Metadata.Name == target);
        if (deployment?.Spec.Template.Metadata.Labels["app.kubernetes.io/component"] != "device")
            yield return $"a ScaledObject scales {target}, which is no device.";
        if (deployment?.Spec.Replicas is not null)
            yield return $"Deployment/{target} has replicas, which each 'kubectl apply' would set back.";

        var fallback = spec.Find("fallback");
        var scaleDown = spec.Find("advanced")?.Find("horizontalPodAutoscalerConfig")?.Find("behavior")?.Find("scaleDown");
        IReadOnlyList<YamlNode> policies = scaleDown?.Find("policies") is YamlSequenceNode { Children: var children } ? [.. children] : [];
        foreach (
            var problem in Broken(
                $"ScaledObject/{target}",
                (
                    fallback?.Find("behavior")?.ToString() == "currentReplicasIfHigher" && fallback.Number("replicas") > 0,
                    "takes devices away while the queue cannot be read"
                ),
                (spec.Number("minReplicaCount") > 0 || spec.Number("cooldownPeriod") >= LeastCooldownSeconds, "goes to 0 too soon"),
                (spec.Number("maxReplicaCount") > 0, "has no greatest number"),
                (scaleDown?.Number("stabilizationWindowSeconds") >= LeastStabilizationSeconds, "follows each fall of the queue"),
                (
                    policies is [var only]
                        && only.Find("type")?.ToString() == "Pods"
                        && only.Number("value") == 1
                        && only.Number("periodSeconds") >= 60,
                    "takes many devices at once"
                ),
                (
                    Values(spec, "valueLocation").Order(StringComparer.Ordinal).SequenceEqual(["busyDevices", "deviceSeconds"]),
                    "does not count both the work and the devices that do it"
                )
            )
        )
            yield return problem;

        foreach (var trigger in (YamlSequenceNode)spec["triggers"])
        {
            // Fallbacks hold for this kind alone.
            if (trigger.Find("type")?.ToString() != "metrics-api" || trigger.Find("metricType")?.ToString() != "AverageValue")
                yield return $"ScaledObject/{target} has a trigger that is no average of the queue's answer.";
            var url = new Uri(trigger["metadata"]["url"].ToString());
            var service = rendering
                .Of<V1Service>()
                .FirstOrDefault(candidate => url.Host == $"{candidate.Metadata.Name}.{Namespace}.svc.cluster.local");
            if (
                url.AbsolutePath != "/queue"
                || service?.Spec.Ports.Any(port => port.Port == url.Port && port.TargetPort.Value == "metrics") != true
            )
                yield return $"ScaledObject/{target} asks {url}, which is no queue of a rendered Service.";
        }
    }

    private static IEnumerable<string> Values(YamlNode scaler, string key) =>
        ((YamlSequenceNode)scaler["triggers"]).Select(trigger => trigger["metadata"].Find(key)?.ToString() ?? "");

    private static IEnumerable<string> OfSelectors(Rendering rendering)
    {
        foreach (var deployment in rendering.Of<V1Deployment>())
        {
            var pods = rendering.Pods.Where(pod => pod.Matches(deployment.Spec.Selector)).Select(pod => pod.Owner).ToList();
            if (pods is not [var own] || own != $"Deployment/{deployment.Metadata.Name}")
                yield return $"Deployment/{deployment.Metadata.Name} selects {string.Join(", ", pods)}.";
        }

        foreach (
            var budget in rendering
                .Of<V1PodDisruptionBudget>()
                .Where(budget => !rendering.Pods.Any(pod => pod.Matches(budget.Spec.Selector)))
        )
            yield return $"PodDisruptionBudget/{budget.Metadata.Name} selects no pod.";
        if (
            !rendering
                .Of<V1PodDisruptionBudget>()
                .Any(budget => rendering.Pods.Any(pod => pod.Component == "control" && pod.Matches(budget.Spec.Selector)))
        )
            yield return "no budget protects the control pods.";
        foreach (var service in rendering.Of<V1Service>())
        {
            var pods = rendering.Pods.Where(pod => pod.Matches(new V1LabelSelector { MatchLabels = service.Spec.Selector })).ToList();
            if (pods.Count == 0 || pods.Any(pod => service.Spec.Ports.Any(port => pod.PortOf(port.TargetPort) is null)))
                yield return $"Service/{service.Metadata.Name} selects no pod, or a port that its pods have not.";
        }

        // A base has a policy for clients, but none itself.
        foreach (
            var policy in rendering
                .Of<V1NetworkPolicy>()
                .Where(policy => policy.Spec.PodSelector.MatchLabels?.Contains(new("app.kubernetes.io/component", "client")) != true)
        )
        {
            var pods = rendering.Pods.Where(pod => pod.Matches(policy.Spec.PodSelector)).ToList();
            if (pods.Count == 0)
                yield return $"NetworkPolicy/{policy.Metadata.Name} selects no pod.";
            foreach (var port in (policy.Spec.Ingress ?? []).SelectMany(rule => rule.Ports ?? []))
                if (pods.Any(pod => pod.PortOf(port.Port) is null))
                    yield return $"NetworkPolicy/{policy.Metadata.Name} opens {port.Port.Value}, which not all of its pods have.";
        }
    }

    private static IEnumerable<string> OfFlows(Rendering rendering)
    {
        var network = new Network(rendering);
        foreach (var from in rendering.Pods)
        foreach (var to in rendering.Pods)
        foreach (var port in to.Container.Ports ?? [])
        {
            var isNeeded = port.Name switch
            {
                "silo" => from.IsSilo,
                "gateway" => from.Component == "client",
                "blob" => from.IsSilo || from.Component == "client",
                "otlp" => from.IsSilo || from.Component == "client",
                _ => false,
            };
            if (network.Lets(from, to, port.ContainerPort) != isNeeded)
                yield return $"{from.Owner} {(isNeeded ? "cannot reach" : "may reach")} {to.Owner} at {port.Name}.";
        }
    }

    private static IEnumerable<string> OfOutsiders(Rendering rendering)
    {
        var network = new Network(rendering);
        foreach (var outsider in Outsider.All)
        foreach (var to in rendering.Pods)
        foreach (var port in to.Container.Ports ?? [])
        {
            var isNeeded = port.Name == outsider.Port && outsider.Needs(rendering, to);
            if (network.Lets(outsider, to, port.ContainerPort) != isNeeded)
                yield return $"{outsider.Name} {(isNeeded ? "cannot reach" : "may reach")} {to.Owner} at {port.Name}.";
        }

        foreach (var policy in rendering.Of<V1NetworkPolicy>())
        foreach (var peer in (policy.Spec.Ingress ?? []).SelectMany(rule => rule.FromProperty ?? [new V1NetworkPolicyPeer()]))
        {
            if (
                !Outsider.All.Any(outsider => outsider.Is(peer))
                && peer is not { NamespaceSelector: null, IpBlock: null, PodSelector: not null }
            )
                yield return $"NetworkPolicy/{policy.Metadata.Name} lets in more than the known pods.";
        }
    }

    private static IEnumerable<string> Broken(string owner, params (bool Holds, string Otherwise)[] rules) =>
        from rule in rules
        where !rule.Holds
        select $"{owner} {rule.Otherwise}.";
}
