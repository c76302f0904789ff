namespace PmSFC.Kubernetes.Tests;

public sealed class HouseRulesTests
{
    public static TheoryData<string> Renderings => [.. Manifests.Names];

    [TheoryNeeding<Kubectl>]
    [MemberData(nameof(Renderings))]
    public void Check_EachOverlayAndComponent_KeepsTheRules(string name) => HouseRules.Check(Manifests.Render(name)).ShouldBeEmpty();

    [TheoryNeeding<Kubectl>]
    [InlineData("enableServiceLinks: false", "enableServiceLinks: true", "variables of Services")]
    [InlineData("enableServiceLinks: false", "enableServiceLink: false", "cannot be read")]
    [InlineData(
        "automountServiceAccountToken: false\n      containers:",
        "automountServiceAccountToken: true\n      containers:",
        "has a token"
    )]
    [InlineData("automountServiceAccountToken: false\nkind", "automountServiceAccountToken: true\nkind", "gives pods a token")]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: false", "may run as root")]
    [InlineData("type: RuntimeDefault", "type: Unconfined", "without seccomp")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "privileges")]
    [InlineData("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "privileges")]
    [InlineData("drop:\n            - ALL", "add:\n            - NET_ADMIN", "privileges")]
    [InlineData("limits:\n            memory: 1Gi", "limits:\n            memory: 2Gi", "limit of memory")]
    [InlineData("limits:\n            memory: 1Gi", "limits:\n            cpu: 1\n            memory: 1Gi", "no limit of it")]
    [InlineData("terminationGracePeriodSeconds: 75", "terminationGracePeriodSeconds: 30", "less than 75 s")]
    [InlineData("path: /healthz/ready", "path: /healthz/live", "readiness probe")]
    [InlineData("port: metrics\n          periodSeconds: 10", "port: gate\n          periodSeconds: 10", "liveness probe")]
    [InlineData(
        "port: metrics\n          periodSeconds: 10",
        "port: web\n          periodSeconds: 10",
        "another port than that of its metrics"
    )]
    [InlineData("containerPort: 8081", "containerPort: 8082", "another port for metrics")]
    [InlineData("containerPort: 8080", "containerPort: 8079", "another port for people")]
    [InlineData(
        "name: PMSFC_METRICS_PORT\n          value: \"8081\"",
        "name: PMSFC_METRICS_PORT\n          value: \"0\"",
        "another port for metrics"
    )]
    [InlineData("containerPort: 11111", "containerPort: 11112", "another port for silos")]
    [InlineData("fieldPath: status.podIP", "fieldPath: status.hostIP", "address is '?'")]
    [InlineData("value: control", "value: both", "is of role Both")]
    [InlineData("PMSFC_ROLE", "PMSFC_ROLL", "no setting")]
    [InlineData("PMSFC_CLUSTER: pmsfc", "PMSFC_CLUSTER: Night Shift", "cluster is 'Night Shift'")]
    [InlineData("image: pmsfc-silo:1.0.0", "image: pmsfc-silo:latest", "without a version")]
    [InlineData("image: pmsfc-silo:1.0.0", "image: pmsfc-silo", "without a version")]
    [InlineData("maxUnavailable: 0", "maxUnavailable: 1", "strategy")]
    [InlineData("replicas: 3", "replicas: 2", "strategy or replicas")]
    [InlineData("claimName: azurite", "claimName: other", "not rendered")]
    [InlineData("serviceAccountName: silo", "serviceAccountName: silos", "not rendered")]
    [InlineData("name: settings-", "name: setting-", "not rendered")]
    [InlineData("enforce: restricted", "enforce: baseline", "no namespace")]
    [InlineData("  - Ingress\n  - Egress\n---", "  - Egress\n---", "No policy denies")]
    [InlineData("    - port: silo\n      protocol: TCP\n    to:", "    - port: gateway\n      protocol: TCP\n    to:", "cannot reach")]
    [InlineData(
        "    - port: blob\n      protocol: TCP\n  podSelector",
        "    - port: blobs\n      protocol: TCP\n  podSelector",
        "opens blobs"
    )]
    [InlineData(
        "      app.kubernetes.io/component: control\n      app.kubernetes.io/name: pmsfc\n  policyTypes:",
        "      app.kubernetes.io/name: pmsfc\n  policyTypes:",
        "opens gateway"
    )]
    [InlineData("      - control\n      - device\n", "      - control\n", "cannot reach")]
    [InlineData("targetPort: gateway", "targetPort: gate", "Service/gateway")]
    [InlineData("kind: PodDisruptionBudget", "kind: PodDisruptionBudge", "cannot be read")]
    public void Check_ALineThatWasSpoilt_IsFound(string line, string spoilt, string complaint) =>
        Spoil("overlays/local", line, spoilt, complaint);

    [TheoryNeeding<Kubectl>]
    [InlineData("scaleTargetRef:\n    name: device-gpu", "scaleTargetRef:\n    name: control", "no device")]
    [InlineData("behavior: currentReplicasIfHigher", "behavior: static", "cannot be read")]
    [InlineData("    replicas: 1\n  maxReplicaCount", "    replicas: 0\n  maxReplicaCount", "cannot be read")]
    [InlineData("cooldownPeriod: 1800", "cooldownPeriod: 60", "goes to 0 too soon")]
    [InlineData("maxReplicaCount: 4\n", "", "no greatest number")]
    [InlineData("stabilizationWindowSeconds: 900", "stabilizationWindowSeconds: 0", "each fall")]
    [InlineData(
        "- periodSeconds: 300\n            type: Pods\n            value: 1",
        "- periodSeconds: 300\n            type: Percent\n            value: 100",
        "many devices"
    )]
    [InlineData("valueLocation: busyDevices", "valueLocation: deviceSeconds", "both the work")]
    [InlineData("metricType: AverageValue", "metricType: Value", "no average")]
    [InlineData("http://metrics.pmsfc.svc.cluster.local:8081/queue", "http://metrics.pmsfc.svc.cluster.local:80/queue", "no queue")]
    [InlineData("http://metrics.pmsfc.svc.cluster.local:8081/queue", "http://web.pmsfc.svc.cluster.local:8080/queue", "no queue")]
    [InlineData("http://metrics.pmsfc.svc.cluster.local:8081/queue", "http://gateway.pmsfc.svc.cluster.local:8080/queue", "no queue")]
    [InlineData("app: keda-operator", "app: keda-metrics-apiserver", "KEDA's operator cannot reach")]
    [InlineData(
        "namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: keda\n",
        "namespaceSelector: {}\n",
        "more than the known pods"
    )]
    public void Check_ALineOfTheAutoscalerThatWasSpoilt_IsFound(string line, string spoilt, string complaint) =>
        Spoil("components/keda-gpu", line, spoilt, complaint);

    [TheoryNeeding<Kubectl>]
    [InlineData("path: /metrics", "path: /metric", "another path or port")]
    [InlineData("    port: metrics\n  podTargetLabels", "    port: web\n  podTargetLabels", "another path or port")]
    [InlineData("jobLabel: app.kubernetes.io/name", "jobLabel: app.kubernetes.io/component", "labels that alerts")]
    [InlineData("  podTargetLabels:\n  - app.kubernetes.io/component\n", "", "labels that alerts")]
    [InlineData(
        "  selector:\n    matchExpressions:\n    - key: app.kubernetes.io/component\n      operator: In\n      values:\n      - control\n      - device",
        "  selector:\n    matchExpressions:\n    - key: app.kubernetes.io/component\n      operator: In\n      values:\n      - device",
        "does not scrape the silos"
    )]
    [InlineData("app.kubernetes.io/name: prometheus", "app.kubernetes.io/name: grafana", "Prometheus cannot reach")]
    [InlineData("kubernetes.io/metadata.name: monitoring", "kubernetes.io/metadata.name: default", "Prometheus cannot reach")]
    public void Check_ALineOfTheMonitoringThatWasSpoilt_IsFound(string line, string spoilt, string complaint) =>
        Spoil("components/monitoring", line, spoilt, complaint);

    [TheoryNeeding<Kubectl>]
    [InlineData("            - 4\n", "", "tries bad input or a gate that failed again")]
    [InlineData("            - 2\n", "            - 3\n", "tries bad input or a gate that failed again")]
    [InlineData("containerName: sweep", "containerName: nobody", "tries bad input or a gate that failed again")]
    [InlineData("type: DisruptionTarget", "type: Ready", "counts the loss of a node as a failure")]
    public void Check_ALineOfTheNightlyJobThatWasSpoilt_IsFound(string line, string spoilt, string complaint) =>
        Spoil("components/nightly", line, spoilt, complaint);

    [TheoryNeeding<Kubectl>]
    [InlineData("    - pmsfc.example.com\n    secretName", "    - other.example.com\n    secretName", "has a host without TLS")]
    [InlineData("    secretName: web-tls\n", "", "has a host without TLS")]
    [InlineData("  ingressClassName: traefik\n", "", "which controller")]
    [InlineData(
        "            name: web\n            port:\n              name: web\n",
        "            name: metrics\n            port:\n              name: metrics\n",
        "another port than the silos' web port"
    )]
    [InlineData(
        "            name: web\n            port:\n              name: web\n",
        "            name: other\n            port:\n              name: web\n",
        "another port than the silos' web port"
    )]
    [InlineData("    nginx.ingress.kubernetes.io/proxy-read-timeout: \"3600\"\n", "", "cuts event streams")]
    [InlineData(
        "          app.kubernetes.io/name: traefik",
        "          app.kubernetes.io/name: other",
        "The ingress controller cannot reach"
    )]
    [InlineData(
        "    - port: web\n      protocol: TCP",
        "    - port: metrics\n      protocol: TCP",
        "The ingress controller may reach Deployment/control at metrics"
    )]
    [InlineData(
        "          kubernetes.io/metadata.name: traefik",
        "          kubernetes.io/metadata.name: default",
        "more than the known pods"
    )]
    public void Check_ALineOfTheIngressThatWasSpoilt_IsFound(string line, string spoilt, string complaint) =>
        Spoil("components/ingress", line, spoilt, complaint);

    [TheoryNeeding<Kubectl>]
    [InlineData("secretName: access", "secretName: tokens", "refers to the Secret tokens")]
    [InlineData(
        "mountPath: /etc/pmsfc-access\n          name: access",
        "mountPath: /etc/pmsfc-access\n          name: tokens",
        "mounts tokens"
    )]
    [InlineData("PMSFC_ACCESS", "PMSFC_TOKENS", "no setting")]
    public void Check_ALineOfTheAccessThatWasSpoilt_IsFound(string line, string spoilt, string complaint) =>
        Spoil("components/access", line, spoilt, complaint);

    private static void Spoil(string name, string line, string spoilt, string complaint)
    {
        var yaml = Manifests.Render(name);
        var at = yaml.IndexOf(line, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0, "the line is not there");

        HouseRules
            .Check(yaml[..at] + spoilt + yaml[(at + line.Length)..])
            .ShouldContain(problem => problem.Contains(complaint, StringComparison.Ordinal));
    }
}
