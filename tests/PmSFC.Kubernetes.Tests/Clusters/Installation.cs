using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PmSFC.Kubernetes.Tests.Clusters;

/// <summary>
/// The base with the components <c>access</c>, <c>azurite</c>, <c>gpu</c> and <c>nightly</c> in a namespace of its own on the cluster that <see cref="Kubectl.Variable"/> names, with an image set of
/// three pictures. The pods ask for less CPU than the manifests say, so that a small node carries them, and the nightly spec has few iterations. Everything goes with the namespace.
/// </summary>
public sealed class Installation : INeed, IAsyncLifetime
{
    /// <summary>How many pictures the image set has.</summary>
    public const int Pictures = 3;

    /// <summary>The secret of anna, an operator.</summary>
    public const string Secret = "a-secret-of-this-test";

    private const string RegistryVariable = "PMSFC_REGISTRY";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Why nothing can be installed, or null where it can.</summary>
    public static string? Missing =>
        Kubectl.Missing
        ?? (
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Kubectl.Variable))
                ? $"{Kubectl.Variable} names no cluster of Kubernetes, so nothing is installed; docs/kubernetes.md says what it needs."
                : null
        );

    /// <summary>The namespace.</summary>
    public string Namespace { get; } = $"pmsfc-{Guid.NewGuid().ToString("n")[..8]}";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        using var folder = new TemporaryDirectory();
        WriteOverlay(folder.Path);
        Run($"kubectl apply -k {folder.Path}");
        foreach (var deployment in new[] { "azurite", "control", "device-cpu" })
            Run($"kubectl -n {Namespace} rollout status deployment/{deployment} --timeout 5m");

        var pictures = Directory.CreateDirectory(Path.Combine(folder.Path, "pictures")).FullName;
        NightlyInput.WritePictures(pictures, Pictures);
        Run($"kubectl -n {Namespace} create configmap pictures --from-file={pictures}");
        StartClient(
            "import",
            """[{"op": "add", "path": "/spec/template/spec/volumes/-", "value": {"name": "pictures", "configMap": {"name": "pictures"}}}, {"op": "add", "path": "/spec/template/spec/containers/0/volumeMounts/-", "value": {"name": "pictures", "mountPath": "/pictures"}}]""",
            "images",
            "import",
            "/pictures",
            "--name",
            "nightly"
        );
        await CompletedAsync("import", Patience);
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        if (Missing is null)
            Kubectl.Try($"kubectl delete namespace {Namespace} --timeout 3m");
        return Task.CompletedTask;
    }

    /// <summary>Runs a command line of a shell.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public string Run(string command, string input = "") => Kubectl.Pipe(command, input);

    /// <summary>Objects of the namespace.</summary>
    /// <param name="query">What <c>kubectl get</c> takes, for example <c>pods -l NAME=VALUE</c>.</param>
    public IReadOnlyList<JsonNode> Get(string query) =>
        [.. JsonNode.Parse(Run($"kubectl -n {Namespace} get {query} -o json"))!["items"]!.AsArray().Select(item => item!)];

    /// <summary>The pods of a component that are ready, by name.</summary>
    public IReadOnlyList<string> Ready(string component) =>
        [
            .. from pod in Get($"pods -l app.kubernetes.io/component={component}")
            where pod["metadata"]!["deletionTimestamp"] is null && Condition(pod, "Ready")?["status"]?.GetValue<string>() == "True"
            select pod["metadata"]!["name"]!.GetValue<string>(),
        ];

    /// <summary>A condition of an object's status.</summary>
    public static JsonNode? Condition(JsonNode found, string type) =>
        found["status"]!["conditions"]?.AsArray().FirstOrDefault(condition => condition!["type"]!.GetValue<string>() == type);

    /// <summary>Starts a job of the nightly one's pod with other arguments, as the operations document has it.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="patch">More operations of JSON Patch on the job, as an array.</param>
    /// <param name="arguments">The arguments; none leaves those of the nightly job.</param>
    public void StartClient(string name, string patch, params string[] arguments)
    {
        var operations = JsonNode.Parse(patch)!.AsArray();
        if (arguments.Length > 0)
        {
            operations.Add(
                new JsonObject
                {
                    ["op"] = "replace",
                    ["path"] = "/spec/template/spec/containers/0/args",
                    ["value"] = new JsonArray([.. arguments.Select(argument => JsonValue.Create(argument))]),
                }
            );
        }

        var job = Run($"kubectl -n {Namespace} create job {name} --from=cronjob/nightly --dry-run=client -o yaml");
        if (operations.Count > 0)
            job = Run($"kubectl patch --local -f - --type json -o yaml -p '{operations.ToJsonString()}'", job);
        Run("kubectl apply -f -", job);
    }

    /// <summary>Waits until a job is complete, and fails at once when it failed.</summary>
    public async Task CompletedAsync(string job, TimeSpan longest)
    {
        await UntilAsync($"job {job} ends", longest, () => End(job) is not null);
        End(job).ShouldBe("Complete", Logs(job));
    }

    /// <summary>What the newest pod of a job has written.</summary>
    public string Logs(string job)
    {
        var pods = Get($"pods -l job-name={job} --sort-by .metadata.creationTimestamp");
        return pods.Count == 0
            ? ""
            : Kubectl.Try($"kubectl -n {Namespace} logs {pods[^1]["metadata"]!["name"]!.GetValue<string>()}").Output;
    }

    /// <summary>Asks each second until it holds.</summary>
    /// <exception cref="TimeoutException">It did not.</exception>
    public async Task UntilAsync(string what, TimeSpan longest, Func<bool> holds)
    {
        var time = Stopwatch.StartNew();
        while (!holds())
        {
            if (time.Elapsed > longest)
                throw new TimeoutException(
                    $"It was awaited for {longest.TotalMinutes} minutes that {what}. {Run($"kubectl -n {Namespace} get pods -o wide")}"
                );
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private string? End(string job) =>
        JsonNode.Parse(Run($"kubectl -n {Namespace} get job {job} -o json")) is { } found
            ? new[] { "Complete", "Failed" }.FirstOrDefault(type => Condition(found, type)?["status"]?.GetValue<string>() == "True")
            : null;

    private void WriteOverlay(string folder)
    {
        var spec = File.ReadAllText(Path.Combine(Manifests.Folder, "components", "nightly", "nightly.yaml"));
        var mine = Directory.CreateDirectory(Path.Combine(folder, "nightly")).FullName;
        File.WriteAllText(Path.Combine(mine, "kustomization.yaml"), Documents.Block("kubernetes.md", "kind: Component"));
        File.WriteAllText(Path.Combine(mine, "nightly.yaml"), NightlyInput.Shortened(spec, iterations: 150));
        var registry = Environment.GetEnvironmentVariable(RegistryVariable);
        string[] images = string.IsNullOrEmpty(registry)
            ? []
            :
            [
                "images:",
                .. new[] { "pmsfc-silo", "pmsfc-silo-cuda", "pmsfc" }.Select(image =>
                    $"  - {{ name: {image}, newName: {registry}/{image} }}"
                ),
            ];
        File.WriteAllLines(
            Path.Combine(folder, "kustomization.yaml"),
            [
                $$"""
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                namespace: {{Namespace}}
                resources:
                  - {{Relative("base")}}
                components:
                  - {{Relative("components/access")}}
                  - {{Relative("components/azurite")}}
                  - {{Relative("components/gpu")}}
                  - {{Relative("components/nightly")}}
                  - nightly
                labels:
                  - pairs: { pmsfc/installation: {{Namespace}} }
                    includeTemplates: true
                secretGenerator:
                  - name: access
                    options: { disableNameSuffixHash: true }
                    literals: ["tokens=anna operator {{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)))}}"]
                replicas:
                  - { name: device-cpu, count: 2 }
                patches:
                  - target: { group: apps, kind: Deployment }
                    patch: |
                      - { op: replace, path: /spec/template/spec/containers/0/resources/requests/cpu, value: 100m }
                  - target: { group: batch, kind: CronJob }
                    patch: |
                      - { op: replace, path: /spec/jobTemplate/spec/template/spec/containers/0/resources/requests/cpu, value: 100m }
                      - { op: replace, path: /spec/schedule, value: "* * * * *" }
                      - { op: add, path: /spec/suspend, value: true }
                      - { op: add, path: /spec/jobTemplate/spec/template/spec/containers/0/args/-, value: --json }
                """,
                .. images,
            ]
        );

        // Kustomize takes no absolute paths.
        string Relative(string path) => Path.GetRelativePath(folder, Path.Combine(Manifests.Folder, path));
    }
}
